// The events between the engine's thread, which publishes, and the one that polls. Bounded; nothing
// is ever dropped: the engine asks for room before it computes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

#include "r1_engine.h"

namespace r1 {

class EventRing {
 public:
  explicit EventRing(size_t capacity);

  // Producer. There must be room for all of them.
  void publish(std::span<const r1_event> events);
  [[nodiscard]] size_t room() const;
  // Waits until there is room for so many, or close().
  void wait_for_room(size_t events);
  void wait_for_room(size_t events, std::chrono::milliseconds timeout);

  // Consumer. Waits for events and takes what fits, never a part of a token; 0 after the time,
  // wake() or close().
  size_t take(std::span<r1_event> target, std::chrono::milliseconds timeout);

  // The running take, or else the next, returns at once.
  void wake();
  // No wait waits any longer.
  void close();

 private:
  [[nodiscard]] size_t whole_tokens(size_t wanted) const;
  [[nodiscard]] const r1_event &at(size_t offset) const;

  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable emptied_;
  std::vector<r1_event> events_;
  size_t first_ = 0;
  size_t count_ = 0;
  bool woken_ = false;
  bool closed_ = false;
};

}  // namespace r1
