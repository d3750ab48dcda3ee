#include "core/scheduler.h"

#include <algorithm>
#include <cstring>

namespace r1 {
namespace {

constexpr uint64_t kFnvOffset = 0xcbf29ce484222325ULL;
constexpr uint64_t kFnvPrime = 0x100000001b3ULL;
constexpr size_t kSharedPrefixMin = 16;  // shorter ones are not worth keeping cells for
constexpr size_t kFirstPieceBytes = 32;
constexpr size_t kMorePieceBytes = 48;

uint64_t hashed(uint64_t hash, int32_t id) {
  for (int shift = 0; shift < 32; shift += 8) {
    hash = (hash ^ (static_cast<uint32_t>(id) >> shift & 0xffU)) * kFnvPrime;
  }
  return hash;
}

uint64_t micros(Clock::duration duration) {
  const auto count = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  return static_cast<uint64_t>(std::max<int64_t>(count, 0));
}

size_t common_prefix(const std::vector<int32_t> &a, const std::vector<int32_t> &b) {
  const auto [end, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<size_t>(end - a.begin());
}

size_t records_of(size_t piece_bytes) {
  const size_t more = piece_bytes > kFirstPieceBytes ? piece_bytes - kFirstPieceBytes : 0;
  return 1 + (more + kMorePieceBytes - 1) / kMorePieceBytes;
}

}  // namespace

Scheduler::Scheduler(Backend &backend, const ModelCard &card, const Limits &limits, EventRing &ring)
    : backend_(backend),
      card_(card),
      limits_(limits),
      ring_(ring),
      is_end_(card.pieces.size(), 0),
      slots_(limits.max_sequences) {
  for (const std::string &piece : card.pieces) {
    events_per_token_ = std::max(events_per_token_, records_of(piece.size()));
  }
  for (const int32_t id : card.end_ids) {
    is_end_[static_cast<size_t>(id)] = 1;
  }
  stats_.kv_tokens_total = card.kv_tokens;
}

Status Scheduler::submit(Request request) {
  const std::lock_guard lock(mutex_);
  if (stopping_) {
    return refuse(R1_STATE, "the engine is closing");
  }
  if (accepted_.contains(request.id)) {
    return refuse(R1_INVALID, "a request with this id is not finished");
  }
  // A request that a free slot takes in the next step does not count as waiting.
  const size_t unfinished = accepted_.size();
  if (unfinished >= size_t{limits_.max_sequences} + limits_.max_waiting) {
    return refuse(R1_QUEUE_FULL, std::to_string(unfinished) + " requests run or wait already");
  }
  accepted_.emplace(request.id, false);
  const auto place = std::find_if(waiting_.begin(), waiting_.end(), [&](const Request &other) {
    return other.priority < request.priority;
  });
  waiting_.insert(place, std::move(request));
  stats_.waiting = waiting_.size();
  work_.notify_one();
  return {};
}

Status Scheduler::cancel(uint64_t id) {
  const std::lock_guard lock(mutex_);
  const auto found = accepted_.find(id);
  if (found == accepted_.end()) {
    return {R1_NOT_FOUND, {}};
  }
  found->second = true;
  cancels_ = true;
  work_.notify_one();
  return {};
}

void Scheduler::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  work_.notify_all();
}

r1_stats_snapshot Scheduler::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

bool Scheduler::idle() const {
  const std::lock_guard lock(mutex_);
  return accepted_.empty();
}

// Every slot may emit a token, and every accepted request may end.
size_t Scheduler::events_of_a_step() const {
  return slots_.size() * events_per_token_ + accepted_.size();
}

// False if the engine stops.
bool Scheduler::wait_for_work(std::unique_lock<std::mutex> &lock) {
  work_.wait(lock, [&] { return stopping_ || !accepted_.empty(); });
  while (!stopping_ && ring_.room() < events_of_a_step()) {
    const size_t needed = events_of_a_step();
    lock.unlock();
    ring_.wait_for_room(needed);
    lock.lock();
  }
  return !stopping_;
}

Scheduler::Step Scheduler::step() {
  const auto begun = [&] {
    std::unique_lock lock(mutex_);
    if (!wait_for_work(lock)) {
      return std::optional<Clock::time_point>();
    }
    const Clock::time_point now = Clock::now();
    apply_ends(now);
    admit(now);
    count_requests();
    return std::optional(now);
  }();
  if (!begun) {
    return Step::kStopped;
  }
  fill_batch();
  Decoded decoded = Decoded::kDone;
  if (!batch_.empty()) {
    steps_++;
    decoded = backend_.decode(batch_);
  }
  switch (decoded) {
    case Decoded::kDone:
      for (const Output &output : outputs_) {
        consume(output);
      }
      break;
    case Decoded::kFailed:
      fail_batch();
      break;
    case Decoded::kAborted:
      return Step::kStopped;
    case Decoded::kDead:
      return Step::kDead;
  }
  {
    const std::lock_guard lock(mutex_);
    stats_.steps = steps_;
    stats_.step_us += batch_.empty() ? 0 : micros(Clock::now() - *begun);
  }
  publish();
  return Step::kWorked;
}

std::optional<uint16_t> Scheduler::end_of(const Request &request, Clock::time_point now) const {
  if (cancels_ && accepted_.at(request.id)) {
    return R1_CANCELLED;
  }
  if (request.deadline && *request.deadline <= now) {
    return R1_DEADLINE;
  }
  return std::nullopt;
}

void Scheduler::apply_ends(Clock::time_point now) {
  for (uint32_t i = 0; i < slots_.size(); i++) {
    if (slots_[i].request) {
      if (const auto reason = end_of(*slots_[i].request, now)) {
        finish(i, R1_EVENT_FINISHED, *reason, R1_OK);
      }
    }
  }
  std::erase_if(waiting_, [&](const Request &request) {
    const auto reason = end_of(request, now);
    if (reason) {
      r1_event event = last_event(request, R1_EVENT_FINISHED, *reason, R1_OK);
      event.body.last.queue_us = micros(now - request.submitted);
      event.body.last.ids_hash = kFnvOffset;
      events_.push_back(event);
      ended_.push_back(request.id);
    }
    return reason.has_value();
  });
  cancels_ = false;
}

uint64_t Scheduler::reserved_cells() const {
  uint64_t cells = 0;
  for (const Slot &slot : slots_) {
    cells += slot.request ? slot.request->cells() : 0;
  }
  return cells;
}

// The first that waits starts first, or nobody: a large request is not overtaken for ever.
void Scheduler::admit(Clock::time_point now) {
  size_t started = 0;
  while (started < waiting_.size()) {
    Request &request = waiting_[started];
    const auto slot = slot_for(request);
    if (!slot || reserved_cells() + request.cells() > card_.kv_tokens) {
      break;
    }
    start(*slot, std::move(request), now);
    started++;
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(started));
}

// The free slot that holds most of the prompt, else the one unused for longest.
std::optional<uint32_t> Scheduler::slot_for(const Request &request) const {
  std::optional<uint32_t> best;
  size_t best_shared = 0;
  for (uint32_t i = 0; i < slots_.size(); i++) {
    const Slot &slot = slots_[i];
    if (slot.request) {
      continue;
    }
    const bool may_share = request.cache_salt != 0 && slot.salt == request.cache_salt;
    const size_t shared = may_share ? common_prefix(slot.cells, request.prompt) : 0;
    const bool better = !best || shared > best_shared ||
                        (shared == best_shared && slot.last_used < slots_[*best].last_used);
    if (better) {
      best = i;
      best_shared = shared;
    }
  }
  return best;
}

// Drops kept cells of free slots, the oldest first, until so many more fit.
void Scheduler::evict_for(uint64_t cells, uint32_t keep) {
  const auto kept = [&] {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < slots_.size(); i++) {
      sum += slots_[i].request || i == keep ? 0 : slots_[i].cells.size();
    }
    return sum;
  };
  while (reserved_cells() + cells + kept() > card_.kv_tokens) {
    uint32_t oldest = keep;
    for (uint32_t i = 0; i < slots_.size(); i++) {
      const bool droppable = i != keep && !slots_[i].request && !slots_[i].cells.empty();
      if (droppable && (oldest == keep || slots_[i].last_used < slots_[oldest].last_used)) {
        oldest = i;
      }
    }
    clear(oldest);
  }
}

void Scheduler::clear(uint32_t index) {
  Slot &slot = slots_[index];
  if (!slot.cells.empty()) {
    backend_.forget(index, 0);
    slot.cells.clear();
  }
}

void Scheduler::start(uint32_t index, Request request, Clock::time_point now) {
  evict_for(request.cells(), index);
  Slot &slot = slots_[index];
  const bool may_share = request.cache_salt != 0 && slot.salt == request.cache_salt;
  size_t shared = may_share ? common_prefix(slot.cells, request.prompt) : 0;
  shared = std::min(shared, request.prompt.size() - 1);  // the last token's logits are needed
  if (shared >= kSharedPrefixMin && backend_.forget(index, static_cast<int32_t>(shared))) {
    slot.cells.resize(shared);
  } else {
    clear(index);
  }
  slot.salt = request.cache_salt;
  slot.cached = static_cast<uint32_t>(slot.cells.size());
  slot.produced = 0;
  slot.hash = kFnvOffset;
  slot.next = -1;
  slot.started = now;
  slot.request = std::move(request);
  new_prompt_ += slot.cached;
  new_cached_ += slot.cached;
}

// One token of every generating request, then chunks of prompts, the highest priority first.
void Scheduler::fill_batch() {
  batch_.clear();
  outputs_.clear();
  std::vector<uint32_t> prefilling;
  for (uint32_t i = 0; i < slots_.size(); i++) {
    Slot &slot = slots_[i];
    if (!slot.request) {
      continue;
    }
    if (slot.prefilling()) {
      prefilling.push_back(i);
      continue;
    }
    outputs_.push_back({batch_.size(), i});
    batch_.push_back({slot.next, static_cast<int32_t>(slot.cells.size()), i, true});
    slot.cells.push_back(slot.next);
  }
  std::sort(prefilling.begin(), prefilling.end(), [&](uint32_t a, uint32_t b) {
    const Request &first = *slots_[a].request;
    const Request &second = *slots_[b].request;
    return first.priority != second.priority ? first.priority > second.priority
                                             : first.submitted < second.submitted;
  });
  for (const uint32_t i : prefilling) {
    const size_t room = card_.step_tokens - batch_.size();
    const size_t left = slots_[i].request->prompt.size() - slots_[i].cells.size();
    add_chunk(i, std::min({room, left, size_t{limits_.chunk_tokens}}));
  }
}

void Scheduler::add_chunk(uint32_t index, size_t tokens) {
  Slot &slot = slots_[index];
  const std::vector<int32_t> &prompt = slot.request->prompt;
  for (size_t i = 0; i < tokens; i++) {
    const size_t position = slot.cells.size();
    const bool last = position + 1 == prompt.size();
    if (last) {
      outputs_.push_back({batch_.size(), index});
    }
    batch_.push_back({prompt[position], static_cast<int32_t>(position), index, last});
    slot.cells.push_back(prompt[position]);
  }
  new_prompt_ += tokens;
}

void Scheduler::consume(const Output &output) {
  Slot &slot = slots_[output.slot];
  const Request &request = *slot.request;
  banned_.clear();
  if (slot.produced < request.min_tokens) {
    banned_ = request.stops;
    if (!request.ignore_end) {
      banned_.insert(banned_.end(), card_.end_ids.begin(), card_.end_ids.end());
    }
  }
  const int32_t id = sampler_.choose(backend_.logits(output.batch_index), request.sampling,
                                     slot.produced, banned_);
  if (id < 0) {  // no logit is a number: the weights or the arithmetic are broken
    finish(output.slot, R1_EVENT_ERROR, 0, R1_REQUEST);
    return;
  }
  take_token(output.slot, id);
}

void Scheduler::take_token(uint32_t index, int32_t id) {
  Slot &slot = slots_[index];
  const Request &request = *slot.request;
  if (slot.produced == 0) {
    slot.first_token = Clock::now();
  }
  slot.produced++;
  slot.hash = hashed(slot.hash, id);
  slot.next = id;
  new_output_++;
  const bool is_end = !request.ignore_end && is_end_[static_cast<size_t>(id)] != 0;
  const bool is_stop =
      std::find(request.stops.begin(), request.stops.end(), id) != request.stops.end();
  const uint16_t control = card_.control[static_cast<size_t>(id)] != 0 ? R1_TOKEN_CONTROL : 0;
  const uint16_t end = is_end || is_stop ? R1_TOKEN_END : 0;
  emit_token(slot, id, static_cast<uint16_t>(control | end));
  if (is_end || is_stop) {
    finish(index, R1_EVENT_FINISHED, is_end ? R1_END : R1_STOP_ID, R1_OK);
  } else if (slot.produced == request.max_tokens) {
    finish(index, R1_EVENT_FINISHED, R1_LENGTH, R1_OK);
  }
}

void Scheduler::emit_token(const Slot &slot, int32_t id, uint16_t flags) {
  const std::string &piece = card_.pieces[static_cast<size_t>(id)];
  r1_event event{};
  event.request_id = slot.request->id;
  event.kind = R1_EVENT_TOKEN;
  event.flags = flags;
  event.token_id = id;
  event.body.token.index = slot.produced;
  event.body.token.piece_bytes = static_cast<uint16_t>(piece.size());
  event.body.token.cached_tokens = slot.cached;
  std::memcpy(event.body.token.piece, piece.data(), std::min(piece.size(), kFirstPieceBytes));
  events_.push_back(event);
  for (size_t at = kFirstPieceBytes; at < piece.size(); at += kMorePieceBytes) {
    r1_event more{};
    more.request_id = slot.request->id;
    more.kind = R1_EVENT_CONT;
    std::memcpy(more.body.more, piece.data() + at, std::min(piece.size() - at, kMorePieceBytes));
    events_.push_back(more);
  }
}

r1_event Scheduler::last_event(const Request &request, uint16_t kind, uint16_t reason,
                               r1_status status) const {
  r1_event event{};
  event.request_id = request.id;
  event.kind = kind;
  event.flags = reason;
  event.token_id = status;
  return event;
}

void Scheduler::finish(uint32_t index, uint16_t kind, uint16_t reason, r1_status status) {
  Slot &slot = slots_[index];
  const Request &request = *slot.request;
  const Clock::time_point now = Clock::now();
  r1_event event = last_event(request, kind, reason, status);
  auto &last = event.body.last;
  last.prompt_tokens = static_cast<uint32_t>(std::min(slot.cells.size(), request.prompt.size()));
  last.cached_tokens = slot.cached;
  last.output_tokens = slot.produced;
  last.queue_us = micros(slot.started - request.submitted);
  const bool has_output = slot.produced > 0;
  last.prefill_us = micros((has_output ? slot.first_token : now) - slot.started);
  last.decode_us = has_output ? micros(now - slot.first_token) : 0;
  last.ids_hash = slot.hash;
  events_.push_back(event);
  ended_.push_back(request.id);
  slot.last_used = steps_;
  slot.request.reset();
  if (slot.salt == 0) {
    clear(index);
  }
}

// The batch's requests end; what the backend left in their cells is unknown, so they are dropped.
void Scheduler::fail_batch() {
  for (const BatchToken &token : batch_) {
    if (slots_[token.slot].request) {
      finish(token.slot, R1_EVENT_ERROR, 0, R1_REQUEST);
      clear(token.slot);
    }
  }
}

void Scheduler::end_all(r1_status status) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (uint32_t i = 0; i < slots_.size(); i++) {
      if (slots_[i].request) {
        finish(i, R1_EVENT_ERROR, 0, status);
      }
    }
    for (const Request &request : waiting_) {
      r1_event event = last_event(request, R1_EVENT_ERROR, 0, status);
      event.body.last.ids_hash = kFnvOffset;
      events_.push_back(event);
      ended_.push_back(request.id);
    }
    waiting_.clear();
  }
  publish();
}

void Scheduler::count_requests() {
  stats_.waiting = waiting_.size();
  stats_.running = static_cast<uint64_t>(std::count_if(
      slots_.begin(), slots_.end(), [](const Slot &slot) { return slot.request.has_value(); }));
  stats_.kv_tokens_used = reserved_cells();
}

void Scheduler::publish() {
  const std::lock_guard lock(mutex_);
  for (const uint64_t id : ended_) {
    accepted_.erase(id);
  }
  stats_.finished += ended_.size();
  stats_.prompt_tokens += new_prompt_;
  stats_.cached_tokens += new_cached_;
  stats_.output_tokens += new_output_;
  count_requests();
  new_prompt_ = new_cached_ = new_output_ = 0;
  ring_.publish(events_);
  events_.clear();
  ended_.clear();
}

}  // namespace r1
