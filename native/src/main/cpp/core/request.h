// A request as the engine keeps it, and what is counted while it runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/grammar.h"
#include "core/sampler.h"
#include "r1_engine.h"

namespace r1 {

using Clock = std::chrono::steady_clock;

struct Constraint {
  uint32_t kind = R1_NO_CONSTRAINT;
  std::string text;
  int32_t after_id = -1;                   // -1 = at once
  bool may_end_first = false;              // before after_id came
  std::shared_ptr<const Grammar> grammar;  // of the text, where the scheduler applies it
};

struct Request {
  uint64_t id = 0;
  std::vector<int32_t> prompt;
  std::vector<int32_t> stops;
  uint32_t max_tokens = 0;
  uint32_t min_tokens = 0;
  int32_t priority = 0;
  bool ignore_end = false;
  bool logprobs = false;
  uint32_t top_logprobs = 0;
  uint64_t cache_salt = 0;
  Sampling sampling;
  Constraint constraint;
  Clock::time_point submitted;
  std::optional<Clock::time_point> deadline;

  [[nodiscard]] uint64_t cells() const { return prompt.size() + max_tokens; }
};

inline constexpr uint64_t kNoIdsHash = 0xcbf29ce484222325ULL;  // FNV-1a of nothing

// What came of a started request so far.
struct Tally {
  uint32_t prompt = 0;  // tokens computed or found
  uint32_t cached = 0;  // those found, or R1_UNKNOWN
  uint32_t produced = 0;
  uint32_t overrun = 0;
  uint64_t hash = kNoIdsHash;
  Clock::time_point started;
  Clock::time_point first_token;
};

}  // namespace r1
