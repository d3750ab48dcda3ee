#include "core/event_ring.h"

#include <algorithm>
#include <stdexcept>

#include "core/events.h"

namespace r1 {
namespace {

// Whether somebody waits for it: a first token, or an end.
bool urgent(const r1_event &event) {
  switch (event.kind) {
    case R1_EVENT_TOKEN:
      return event.body.token.index == 1;
    case R1_EVENT_FINISHED:
    case R1_EVENT_ERROR:
      return true;
    default:
      return false;
  }
}

}  // namespace

EventRing::EventRing(size_t capacity, std::chrono::milliseconds rest)
    : rest_(rest), events_(capacity) {}

const r1_event &EventRing::at(size_t offset) const {
  return events_[(first_ + offset) % events_.size()];
}

void EventRing::publish(std::span<const r1_event> events) {
  if (events.empty()) {
    return;
  }
  bool awaited = false;
  {
    const std::lock_guard lock(mutex_);
    if (events.size() > events_.size() - count_) {
      throw std::logic_error("events were published without room in the ring");
    }
    for (const r1_event &event : events) {
      events_[(first_ + count_) % events_.size()] = event;
      count_++;
    }
    if (awaited_ > 1 && std::any_of(events.begin(), events.end(), urgent)) {
      awaited_ = 1;
    }
    awaited = awaited_ > 0 && count_ >= awaited_;
  }
  if (awaited) {
    filled_.notify_one();
  }
}

size_t EventRing::room() const {
  const std::lock_guard lock(mutex_);
  return events_.size() - count_;
}

// Under the lock. A take that rests would let a producer without room wait, so it ends.
bool EventRing::has_room(size_t events) {
  if (closed_ || events_.size() - count_ >= events) {
    return true;
  }
  if (awaited_ > 1 && count_ > 0) {
    awaited_ = 1;
    filled_.notify_one();
  }
  return false;
}

void EventRing::wait_for_room(size_t events) {
  std::unique_lock lock(mutex_);
  emptied_.wait(lock, [&] { return has_room(events); });
}

void EventRing::wait_for_room(size_t events, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  emptied_.wait_for(lock, timeout, [&] { return has_room(events); });
}

void EventRing::await(std::unique_lock<std::mutex> &lock, size_t events, Clock::time_point until) {
  awaited_ = events;
  filled_.wait_until(lock, until, [&] { return count_ >= awaited_ || woken_ || closed_; });
  awaited_ = 0;
}

size_t EventRing::whole_tokens(size_t wanted) const {
  size_t whole = std::min(wanted, count_);
  while (whole > 0 && whole < count_ && continues(at(whole))) {
    whole--;
  }
  return whole;
}

size_t EventRing::take(std::span<r1_event> target, std::chrono::milliseconds timeout) {
  size_t taken = 0;
  {
    std::unique_lock lock(mutex_);
    const Clock::time_point now = Clock::now();
    if (count_ == 0 && now < rested_) {
      await(lock, events_.size() / 2 + 1, std::min(rested_, now + timeout));
    }
    await(lock, 1, now + timeout);
    woken_ = false;
    taken = whole_tokens(target.size());
    for (size_t i = 0; i < taken; i++) {
      target[i] = at(i);
    }
    first_ = (first_ + taken) % events_.size();
    count_ -= taken;
    rested_ = taken > 0 ? Clock::now() + rest_ : rested_;
  }
  if (taken > 0) {
    emptied_.notify_one();
  }
  return taken;
}

void EventRing::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  filled_.notify_all();
}

void EventRing::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  filled_.notify_all();
  emptied_.notify_all();
}

}  // namespace r1
