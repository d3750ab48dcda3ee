#include "core/loop_runner.h"

#include <algorithm>

namespace r1 {
namespace {

constexpr auto kRoomWait = std::chrono::milliseconds(20);

}  // namespace

LoopRunner::LoopRunner(LoopBackend &backend, const ModelCard &card, const Limits &limits,
                       EventRing &ring)
    : backend_(backend),
      card_(card),
      limits_(limits),
      ring_(ring),
      is_end_(card.pieces.size(), 0),
      last_news_(Clock::now()) {
  for (const int32_t id : card.end_ids) {
    is_end_[static_cast<size_t>(id)] = 1;
  }
  stats_.kv_tokens_total = card.kv_tokens;
  backend_.start(*this);
}

LoopRunner::~LoopRunner() { backend_.stop(); }

Status LoopRunner::submit(Request request) {
  const uint64_t id = request.id;
  const Request copy = request;  // the entry may end while the backend reads
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || !death_.empty()) {
      return refuse(R1_STATE, "the engine is closing");
    }
    if (entries_.contains(id)) {
      return refuse(R1_INVALID, "a request with this id is not finished");
    }
    if (entries_.size() >= size_t{limits_.max_sequences} + limits_.max_waiting) {
      stats_.rejected++;
      return refuse(R1_QUEUE_FULL,
                    std::to_string(entries_.size()) + " requests run or wait already");
    }
    if (entries_.empty()) {
      last_news_ = Clock::now();
    }
    recheck_ = recheck_ || request.deadline.has_value();
    Entry &entry = entries_[id];
    entry.request = request;
    entry.tally.cached = R1_UNKNOWN;
    entry.tally.started = entry.request.submitted;
  }
  Status status;
  try {
    status = backend_.submit(copy);
  } catch (...) {  // for want of memory: the backend does not have it
    const std::lock_guard lock(mutex_);
    entries_.erase(id);
    throw;
  }
  bool cancel_now = false;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(id);
    if (found != entries_.end()) {
      if (over_) {  // end_all() left it to this answer
        status = refuse(R1_STATE, "the engine is closing");
      }
      if (!status.ok()) {
        entries_.erase(found);
      } else {
        found->second.with_backend = true;
        cancel_now = found->second.cut.has_value();
      }
    }
  }
  if (cancel_now) {
    backend_.cancel(id);
  }
  work_.notify_one();
  return status;
}

// Tells the backend once, and not before it has the request.
void LoopRunner::cut(Entry &entry, uint16_t reason, std::vector<uint64_t> &to_cancel) {
  if (entry.cut) {
    return;
  }
  entry.cut = reason;
  if (entry.with_backend) {
    to_cancel.push_back(entry.request.id);
  }
}

Status LoopRunner::cancel(uint64_t id) {
  std::vector<uint64_t> to_cancel;
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(id);
    if (found == entries_.end()) {
      return {R1_NOT_FOUND, {}};
    }
    cut(found->second, R1_CANCELLED, to_cancel);
  }
  for (const uint64_t each : to_cancel) {
    backend_.cancel(each);
  }
  return {};
}

void LoopRunner::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
}

void LoopRunner::end_by(Clock::time_point grace) {
  {
    const std::lock_guard lock(mutex_);
    grace_ = std::min(grace_.value_or(grace), grace);
    recheck_ = true;
  }
  work_.notify_all();
}

r1_stats_snapshot LoopRunner::stats() const {
  const std::lock_guard lock(mutex_);
  r1_stats_snapshot stats = stats_;
  if (entries_.empty()) {
    stats.output_tokens_per_second = 0;
  }
  return stats;
}

bool LoopRunner::idle() const {
  const std::lock_guard lock(mutex_);
  return entries_.empty() && backlog_.empty();
}

std::string LoopRunner::death() const {
  const std::lock_guard lock(mutex_);
  return death_;
}

void LoopRunner::emit(std::span<const News> news) noexcept {
  {
    const std::lock_guard lock(mutex_);
    last_news_ = Clock::now();
    for (const News &one : news) {
      const auto found = entries_.find(one.request_id);
      if (found != entries_.end() && !over_) {
        take(found, one);
      }
    }
  }
  work_.notify_one();
}

void LoopRunner::take(Entries::iterator found, const News &news) {
  Entry &entry = found->second;
  take_ids(entry, news);
  const auto end = [&](uint16_t reason) {
    return End{R1_EVENT_FINISHED, entry.ended_itself.value_or(entry.cut.value_or(reason)), R1_OK};
  };
  if (news.outcome == News::Outcome::kRunning) {
    if (entry.odd) {
      cut(entry, R1_CANCELLED, to_cancel_);
    } else if (entry.ended_itself) {  // by what the backend does not take for an end
      cut(entry, *entry.ended_itself, to_cancel_);
    }
  } else if (news.outcome == News::Outcome::kFailed || entry.odd) {
    finish(found, {R1_EVENT_ERROR, 0, R1_REQUEST});
  } else if (news.outcome == News::Outcome::kStopped) {
    finish(found, end(R1_END));
  } else if (news.outcome == News::Outcome::kLength) {
    finish(found, end(R1_LENGTH));
  } else {
    finish(found, end(R1_CANCELLED));
  }
}

void LoopRunner::take_ids(Entry &entry, const News &news) {
  if (news.cached_tokens != R1_UNKNOWN) {
    entry.tally.cached = news.cached_tokens;
  }
  if (news.queue_us != 0) {
    entry.tally.started = entry.request.submitted + std::chrono::microseconds(news.queue_us);
  }
  size_t tops = 0;  // before those of this id
  for (size_t i = 0; i < news.ids.size(); i++) {
    const size_t count = i < news.top_counts.size() ? news.top_counts[i] : 0;
    const bool known = news.ids[i] >= 0 && static_cast<size_t>(news.ids[i]) < card_.pieces.size();
    const bool has_logprob = !entry.request.logprobs || i < news.logprobs.size();
    const bool is_overrun = entry.cut || entry.ended_itself;
    entry.odd = entry.odd || (!is_overrun && (!known || !has_logprob));
    if (is_overrun || entry.odd) {
      entry.tally.overrun++;
      stats_.overrun_tokens++;
    } else {
      take_token(entry, news, i, news.tops.subspan(tops, count));
    }
    tops += count;
  }
}

void LoopRunner::take_token(Entry &entry, const News &news, size_t index,
                            std::span<const r1_top> tops) {
  const Request &request = entry.request;
  const int32_t id = news.ids[index];
  if (entry.tally.produced == 0) {
    entry.tally.first_token = last_news_;
    entry.tally.prompt = static_cast<uint32_t>(request.prompt.size());
    stats_.prompt_tokens += request.prompt.size();
  }
  const bool is_end = !request.ignore_end && is_end_[static_cast<size_t>(id)] != 0;
  const bool is_stop =
      std::find(request.stops.begin(), request.stops.end(), id) != request.stops.end();
  const uint16_t control = card_.control[static_cast<size_t>(id)] != 0 ? R1_TOKEN_CONTROL : 0;
  const uint16_t end = is_end || is_stop ? R1_TOKEN_END : 0;
  Token token{id, static_cast<uint16_t>(control | end), 0, {}};
  if (request.logprobs) {
    token.logprob = news.logprobs[index];
    token.tops = tops.first(std::min<size_t>(tops.size(), request.top_logprobs));
  }
  scratch_.clear();
  append_token(scratch_, request.id, entry.tally, token, card_.pieces[static_cast<size_t>(id)]);
  backlog_.insert(backlog_.end(), scratch_.begin(), scratch_.end());
  stats_.output_tokens++;
  if (is_end || is_stop) {
    entry.ended_itself = is_end ? R1_END : R1_STOP_ID;
  } else if (entry.tally.produced == request.max_tokens) {
    entry.ended_itself = R1_LENGTH;
  }
}

void LoopRunner::finish(Entries::iterator entry, const End &end) {
  backlog_.push_back(end_of_running(entry->second.request, entry->second.tally, end, Clock::now()));
  stats_.finished++;
  stats_.failed += end.kind == R1_EVENT_ERROR ? 1 : 0;
  entries_.erase(entry);
}

void LoopRunner::report(const LoopLoad &load) noexcept {
  const std::lock_guard lock(mutex_);
  stats_.running = load.running;
  stats_.waiting = load.waiting;
  stats_.kv_tokens_used = load.kv_tokens_used;
  stats_.kv_tokens_cached = load.kv_tokens_cached;
  stats_.kv_tokens_total = load.kv_tokens_total != 0 ? load.kv_tokens_total : card_.kv_tokens;
  stats_.prefix_asked_tokens = load.prefix_asked_tokens;
  stats_.prefix_hit_tokens = load.prefix_hit_tokens;
  stats_.steps = load.steps;
  stats_.step_us = load.step_us;
}

void LoopRunner::fatal(std::string_view reason) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (death_.empty()) {
      death_ = reason.empty() ? "the backend failed" : reason;
    }
  }
  work_.notify_all();
}

// Cuts what is too late; returns when to look again.
Clock::time_point LoopRunner::cut_late(Clock::time_point now, std::vector<uint64_t> &to_cancel) {
  Clock::time_point next = now + std::chrono::seconds(1);
  const auto look_at = [&](const std::optional<Clock::time_point> &time, Entry &entry,
                           uint16_t reason) {
    if (!time || entry.cut) {
      return;
    }
    if (*time <= now) {
      cut(entry, reason, to_cancel);
    } else {
      next = std::min(next, *time);
    }
  };
  for (auto &[id, entry] : entries_) {
    look_at(entry.request.deadline, entry, R1_DEADLINE);
    look_at(grace_, entry, R1_GRACE_OVER);
  }
  return next;
}

// Moves what the ring has room for, whole tokens only. False if there is no room for the next.
bool LoopRunner::fill_outgoing() {
  outgoing_.clear();
  const size_t room = ring_.room();
  while (!backlog_.empty()) {
    size_t whole = 1;
    while (whole < backlog_.size() && continues(backlog_[whole])) {
      whole++;
    }
    if (outgoing_.size() + whole > room) {
      return false;
    }
    const auto end = backlog_.begin() + static_cast<std::ptrdiff_t>(whole);
    outgoing_.insert(outgoing_.end(), backlog_.begin(), end);
    backlog_.erase(backlog_.begin(), end);
  }
  return true;
}

Runner::Step LoopRunner::step() {
  std::vector<uint64_t> to_cancel;
  bool had_room = true;
  {
    std::unique_lock lock(mutex_);
    const Clock::time_point now = Clock::now();
    recheck_ = false;
    const Clock::time_point next = cut_late(now, to_cancel);
    if (to_cancel.empty()) {
      work_.wait_until(lock, next, [&] {
        return stopping_ || recheck_ || !death_.empty() || !backlog_.empty() || !to_cancel_.empty();
      });
    }
    to_cancel.insert(to_cancel.end(), to_cancel_.begin(), to_cancel_.end());
    to_cancel_.clear();
    if (stopping_) {
      return Step::kStopped;
    }
    if (death_.empty() && !entries_.empty() && Clock::now() - last_news_ > backend_.stall_limit()) {
      death_ = "the backend gave no news while requests ran";
    }
    if (!death_.empty()) {
      return Step::kDead;
    }
    if (!entries_.empty() && rate_.update(Clock::now(), stats_.output_tokens)) {
      stats_.output_tokens_per_second = rate_.per_second();
      backlog_.push_back(stats_event(stats_));
    }
    had_room = fill_outgoing();
    ring_.publish(outgoing_);
  }
  for (const uint64_t id : to_cancel) {
    backend_.cancel(id);
  }
  if (!had_room) {
    ring_.wait_for_room(R1_EVENTS_PER_TOKEN_MAX, kRoomWait);
  }
  return Step::kWorked;
}

void LoopRunner::end_all(r1_status status) {
  bool more = true;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    over_ = true;
    for (auto entry = entries_.begin(); entry != entries_.end();) {
      const auto next = std::next(entry);
      if (entry->second.with_backend || entry->second.tally.produced > 0) {
        finish(entry, {R1_EVENT_ERROR, 0, status});
      }
      entry = next;
    }
  }
  while (more) {
    size_t left = 0;
    {
      const std::lock_guard lock(mutex_);
      more = !fill_outgoing();
      left = backlog_.size();
      ring_.publish(outgoing_);
    }
    if (more) {
      const size_t needed = std::min<size_t>(left, R1_EVENTS_PER_TOKEN_MAX);
      ring_.wait_for_room(needed);
      more = ring_.room() >= needed;  // else it is closed, and nobody polls any more
    }
  }
}

}  // namespace r1
