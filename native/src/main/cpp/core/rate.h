// How much a counter grew per second, over the last whole second or a little more.
#pragma once

#include <chrono>
#include <cstdint>

namespace r1 {

class Rate {
 public:
  using Clock = std::chrono::steady_clock;

  // Tells the counter; true if a second has passed since the last true.
  bool update(Clock::time_point now, uint64_t total) {
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - since_).count();
    if (passed < 1000) {
      return false;
    }
    // After a pause longer than two seconds the old counter says nothing about now.
    per_second_ = passed < 2000 ? (total - before_) * 1000 / static_cast<uint64_t>(passed) : 0;
    since_ = now;
    before_ = total;
    return true;
  }

  [[nodiscard]] uint64_t per_second() const { return per_second_; }

 private:
  Clock::time_point since_;
  uint64_t before_ = 0;
  uint64_t per_second_ = 0;
};

}  // namespace r1
