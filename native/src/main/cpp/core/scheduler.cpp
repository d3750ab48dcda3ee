#include "core/scheduler.h"

#include <algorithm>

namespace r1 {

Scheduler::Scheduler(BatchBackend &backend, const ModelCard &card, const Limits &limits,
                     EventRing &ring)
    : backend_(backend),
      card_(card),
      limits_(limits),
      ring_(ring),
      is_end_(card.pieces.size(), 0),
      vocabulary_(card),
      slots_(backend, limits.max_sequences, card.kv_tokens, limits.prefix_cache) {
  for (const std::string &piece : card.pieces) {
    events_per_token_ = std::max(events_per_token_, records_of(piece.size(), R1_TOP_LOGPROBS_MAX));
  }
  for (const int32_t id : card.end_ids) {
    is_end_[static_cast<size_t>(id)] = 1;
  }
  stats_.kv_tokens_total = card.kv_tokens;
}

Status Scheduler::submit(Request request) {
  if (request.constraint.kind == R1_GRAMMAR) {
    auto grammar = std::make_shared<Grammar>();
    if (Status status = Grammar::parse(request.constraint.text, *grammar); !status.ok()) {
      return status;
    }
    request.constraint.grammar = std::move(grammar);
  }
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
    stats_.rejected++;
    return refuse(R1_QUEUE_FULL, std::to_string(unfinished) + " requests run or wait already");
  }
  waiting_.reserve(waiting_.size() + 1);  // so that nothing throws once the id is accepted
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

void Scheduler::end_by(Clock::time_point grace) {
  const std::lock_guard lock(mutex_);
  grace_ = std::min(grace_.value_or(grace), grace);
}

std::string Scheduler::death() const { return "the backend failed while it computed"; }

r1_stats_snapshot Scheduler::stats() const {
  const std::lock_guard lock(mutex_);
  r1_stats_snapshot stats = stats_;
  if (accepted_.empty()) {
    stats.output_tokens_per_second = 0;
  }
  return stats;
}

bool Scheduler::idle() const {
  const std::lock_guard lock(mutex_);
  return accepted_.empty();
}

// Every slot may emit a token, and every accepted request may end.
size_t Scheduler::events_of_a_step() const {
  return slots_.size() * events_per_token_ + accepted_.size() + 1;  // and the STATS
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
  new_prompt_ += batch_.fill(slots_, card_.step_tokens, limits_.chunk_tokens);
  const bool computes = !batch_.tokens().empty();
  steps_ += computes ? 1 : 0;
  switch (computes ? backend_.decode(batch_.tokens()) : Decoded::kDone) {
    case Decoded::kDone:
      for (const Batch::Output &output : batch_.outputs()) {
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
    const Clock::duration took = backend_.simulated_time().value_or(
        std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - *begun));
    stats_.step_us += computes ? micros(took) : 0;
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
  if (grace_ && *grace_ <= now) {
    return R1_GRACE_OVER;
  }
  return std::nullopt;
}

void Scheduler::apply_ends(Clock::time_point now) {
  for (uint32_t i = 0; i < slots_.size(); i++) {
    if (slots_[i].request) {
      if (const auto reason = end_of(*slots_[i].request, now)) {
        finish(i, {R1_EVENT_FINISHED, *reason, R1_OK});
      }
    }
  }
  std::erase_if(waiting_, [&](const Request &request) {
    const auto reason = end_of(request, now);
    if (reason) {
      events_.push_back(end_of_waiting(request, {R1_EVENT_FINISHED, *reason, R1_OK}, now));
      ended_.push_back(request.id);
    }
    return reason.has_value();
  });
  cancels_ = false;
}

// The first that waits starts first, or nobody: a large request is not overtaken for ever.
void Scheduler::admit(Clock::time_point now) {
  size_t started = 0;
  while (started < waiting_.size()) {
    Request &request = waiting_[started];
    const auto placement = slots_.find(request);
    if (!placement) {
      break;
    }
    start(*placement, std::move(request), now);
    started++;
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(started));
}

void Scheduler::start(const Placement &placement, Request request, Clock::time_point now) {
  new_asked_ += request.cache_salt != 0 ? request.prompt.size() : 0;
  slots_.place(placement, std::move(request), now);
  Slot &slot = slots_[placement.slot];
  backend_.begin(placement.slot, *slot.request);
  new_prompt_ += slot.tally.cached;
  new_cached_ += slot.tally.cached;
}

void Scheduler::consume(const Batch::Output &output) {
  Slot &slot = slots_[output.slot];
  const Request &request = *slot.request;
  if (const int32_t fixed = backend_.fixed_token(output.index); fixed >= 0) {
    take_token(output.slot, fixed, {});
    return;
  }
  banned_.clear();
  if (slot.tally.produced < request.min_tokens) {
    banned_ = request.stops;
    if (!request.ignore_end) {
      banned_.insert(banned_.end(), card_.end_ids.begin(), card_.end_ids.end());
    }
  }
  begin_choice(slot);
  const std::span<const float> logits = backend_.logits(output.index);
  const Repeats *repeats = request.sampling.penalizes() ? &slot.repeats : nullptr;
  TokenFilter *filter = slot.filter ? &*slot.filter : nullptr;
  const int32_t id =
      sampler_.choose({logits, request.sampling, slot.tally.produced, banned_, repeats, filter});
  const bool gave_up = filter != nullptr && filter->gave_up();
  if (id < 0 || gave_up || (filter != nullptr && !filter->accept(id))) {
    end_unsaid(output.slot);
    return;
  }
  take_token(output.slot, id, logits);
}

// A filter is made here and not when its request starts, since that is done under the lock.
void Scheduler::begin_choice(Slot &slot) {
  const Request &request = *slot.request;
  if (!request.constraint.grammar) {
    return;
  }
  if (!slot.filter) {
    slot.filter.emplace(vocabulary_, request);
  }
  slot.filter->begin([this, &request] {
    const std::lock_guard lock(mutex_);
    return stopping_ || end_of(request, Clock::now()).has_value();
  });
}

// No token could be chosen: the request has an end meanwhile; or no logit is a number, the
// vocabulary has nothing that the grammar allows, or the grammar needs too much work.
void Scheduler::end_unsaid(uint32_t index) {
  const std::optional<uint16_t> reason = [&] {
    const std::lock_guard lock(mutex_);
    return end_of(*slots_[index].request, Clock::now());
  }();
  finish(index,
         reason ? End{R1_EVENT_FINISHED, *reason, R1_OK} : End{R1_EVENT_ERROR, 0, R1_REQUEST});
}

void Scheduler::take_token(uint32_t index, int32_t id, std::span<const float> logits) {
  Slot &slot = slots_[index];
  const Request &request = *slot.request;
  if (slot.tally.produced == 0) {
    slot.tally.first_token = Clock::now();
  }
  slot.next = id;
  if (request.sampling.penalizes()) {
    slot.repeats.add(id);
  }
  new_output_++;
  const bool is_end = !request.ignore_end && is_end_[static_cast<size_t>(id)] != 0;
  const bool is_stop =
      std::find(request.stops.begin(), request.stops.end(), id) != request.stops.end();
  const uint16_t control = card_.control[static_cast<size_t>(id)] != 0 ? R1_TOKEN_CONTROL : 0;
  const uint16_t end = is_end || is_stop ? R1_TOKEN_END : 0;
  Token token{id, static_cast<uint16_t>(control | end), 0, {}};
  if (request.logprobs) {
    logprobs_.compute(logits, id, request.top_logprobs);
    token.logprob = logprobs_.chosen();
    token.tops = logprobs_.tops();
  }
  append_token(events_, request.id, slot.tally, token, card_.pieces[static_cast<size_t>(id)]);
  if (is_end || is_stop) {
    const uint16_t reason = is_end ? R1_END : R1_STOP_ID;
    finish(index, {R1_EVENT_FINISHED, reason, R1_OK});
  } else if (slot.tally.produced == request.max_tokens) {
    finish(index, {R1_EVENT_FINISHED, R1_LENGTH, R1_OK});
  }
}

void Scheduler::finish(uint32_t index, const End &end) {
  Slot &slot = slots_[index];
  const size_t prompt = std::min(slot.cells.size(), slot.request->prompt.size());
  slot.tally.prompt = static_cast<uint32_t>(prompt);
  events_.push_back(end_of_running(*slot.request, slot.tally, end, Clock::now()));
  new_failed_ += end.kind == R1_EVENT_ERROR ? 1 : 0;
  ended_.push_back(slot.request->id);
  if (slot.tally.produced == 0) {
    slots_.cut(index, slot.tally.cached);  // what nobody pays for is nobody's cheap prompt later
  }
  slots_.release(index, steps_);
}

// The batch's requests end; what the backend left in their cells is unknown, so they are dropped.
void Scheduler::fail_batch() {
  for (const BatchToken &token : batch_.tokens()) {
    if (slots_[token.slot].request) {
      finish(token.slot, {R1_EVENT_ERROR, 0, R1_REQUEST});
      slots_.clear(token.slot);
    }
  }
}

void Scheduler::end_all(r1_status status) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (uint32_t i = 0; i < slots_.size(); i++) {
      if (slots_[i].request) {
        finish(i, {R1_EVENT_ERROR, 0, status});
      }
    }
    for (const Request &request : waiting_) {
      events_.push_back(end_of_waiting(request, {R1_EVENT_ERROR, 0, status}, Clock::now()));
      ended_.push_back(request.id);
      new_failed_++;
    }
    waiting_.clear();
  }
  ring_.wait_for_room(events_.size());  // more may end than the step had asked room for
  if (ring_.room() >= events_.size()) {
    publish();
  }  // else the ring is closed, and nobody polls any more
}

void Scheduler::count_requests() {
  stats_.waiting = waiting_.size();
  stats_.running = slots_.running();
  stats_.kv_tokens_used = slots_.reserved_cells();
  stats_.kv_tokens_cached = slots_.kept_cells();
}

void Scheduler::append_stats(Clock::time_point now) {
  if (rate_.update(now, stats_.output_tokens)) {
    stats_.output_tokens_per_second = rate_.per_second();
    events_.push_back(stats_event(stats_));
  }
}

void Scheduler::publish() {
  const std::lock_guard lock(mutex_);
  for (const uint64_t id : ended_) {
    accepted_.erase(id);
  }
  stats_.finished += ended_.size();
  stats_.failed += new_failed_;
  stats_.prompt_tokens += new_prompt_;
  stats_.draws_rejected = sampler_.rejected();
  stats_.prefix_asked_tokens += new_asked_;
  stats_.prefix_hit_tokens += new_cached_;
  stats_.output_tokens += new_output_;
  count_requests();
  new_prompt_ = new_asked_ = new_cached_ = new_output_ = new_failed_ = 0;
  append_stats(Clock::now());
  ring_.publish(events_);
  events_.clear();
  ended_.clear();
}

}  // namespace r1
