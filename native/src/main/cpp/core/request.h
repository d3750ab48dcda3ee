// A request as the engine keeps it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/sampler.h"

namespace r1 {

using Clock = std::chrono::steady_clock;

struct Request {
  uint64_t id = 0;
  std::vector<int32_t> prompt;
  std::vector<int32_t> stops;
  uint32_t max_tokens = 0;
  uint32_t min_tokens = 0;
  int32_t priority = 0;
  bool ignore_end = false;
  uint64_t cache_salt = 0;
  Sampling sampling;
  Clock::time_point submitted;
  std::optional<Clock::time_point> deadline;

  [[nodiscard]] uint64_t cells() const { return prompt.size() + max_tokens; }
};

}  // namespace r1
