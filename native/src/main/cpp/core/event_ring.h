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
  // After a take that got events, the next one rests for so long: a wake-up and a write for each of
  // a small model's tokens would cost more than computing them, and nobody reads that fast. A first
  // token and an end do not wait; nor does any token of a model whose steps take longer.
  static constexpr std::chrono::milliseconds kRest{4};
  explicit EventRing(size_t capacity, std::chrono::milliseconds rest = kRest);

  // Producer. There must be room for all of them.
  void publish(std::span<const r1_event> events);
  [[nodiscard]] size_t room() const;
  // Waits until there is room for so many, or close().
  void wait_for_room(size_t events);
  void wait_for_room(size_t events, std::chrono::milliseconds timeout);

  // Consumer. Waits for events and takes what fits, never a part of a token; 0 after the time,
  // wake() or close(). While it rests, a half-full ring, a producer without room, a request's first
  // token and its last event end its wait too, but not another token alone.
  size_t take(std::span<r1_event> target, std::chrono::milliseconds timeout);

  // The running take, or else the next, returns at once.
  void wake();
  // No wait waits any longer.
  void close();

 private:
  using Clock = std::chrono::steady_clock;

  void await(std::unique_lock<std::mutex> &lock, size_t events, Clock::time_point until);
  [[nodiscard]] bool has_room(size_t events);
  [[nodiscard]] size_t whole_tokens(size_t wanted) const;
  [[nodiscard]] const r1_event &at(size_t offset) const;

  mutable std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable emptied_;
  const std::chrono::milliseconds rest_;
  std::vector<r1_event> events_;
  size_t first_ = 0;
  size_t count_ = 0;
  size_t awaited_ = 0;  // how many end the wait of a take; 0 = none waits
  Clock::time_point rested_;
  bool woken_ = false;
  bool closed_ = false;
};

}  // namespace r1
