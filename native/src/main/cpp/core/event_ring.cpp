#include "core/event_ring.h"

#include <algorithm>
#include <stdexcept>

#include "core/events.h"

namespace r1 {

EventRing::EventRing(size_t capacity) : events_(capacity) {}

const r1_event &EventRing::at(size_t offset) const {
  return events_[(first_ + offset) % events_.size()];
}

void EventRing::publish(std::span<const r1_event> events) {
  if (events.empty()) {
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    if (events.size() > events_.size() - count_) {
      throw std::logic_error("events were published without room in the ring");
    }
    for (const r1_event &event : events) {
      events_[(first_ + count_) % events_.size()] = event;
      count_++;
    }
  }
  filled_.notify_one();
}

size_t EventRing::room() const {
  const std::lock_guard lock(mutex_);
  return events_.size() - count_;
}

void EventRing::wait_for_room(size_t events) {
  std::unique_lock lock(mutex_);
  emptied_.wait(lock, [&] { return closed_ || events_.size() - count_ >= events; });
}

void EventRing::wait_for_room(size_t events, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  emptied_.wait_for(lock, timeout, [&] { return closed_ || events_.size() - count_ >= events; });
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
    filled_.wait_for(lock, timeout, [&] { return count_ > 0 || woken_ || closed_; });
    woken_ = false;
    taken = whole_tokens(target.size());
    for (size_t i = 0; i < taken; i++) {
      target[i] = at(i);
    }
    first_ = (first_ + taken) % events_.size();
    count_ -= taken;
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
