// What a simulated engine is: a preset, and what backend_json changes of it.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "core/status.h"

namespace r1::sim {

// A published point: so many requests at once, so long for a token of each.
struct Pace {
  uint32_t batch;
  uint32_t step_us;
};

// Times per token interpolate NVIDIA's published R1 points (1K in, 2K out); cells and prefill are
// derived from the hardware, prefill a lower bound or assumed.
struct Preset {
  const char *name;
  std::array<Pace, 3> paces;  // growing; equal last ones where fewer are published
  uint64_t kv_tokens;
  uint64_t prefill_per_second;
};

struct Settings {
  const Preset *preset = nullptr;
  bool echo = false;              // "mode": "echo" returns the prompt's question; else "reason"
  bool virtual_clock = false;     // "clock": "virtual" counts time, but does not let it pass
  uint32_t reasoning_tokens = 0;  // 0 = by seed and prompt, 16 to 63
  uint32_t answer_tokens = 0;     // 0 = by seed and prompt, 8 to 31
};

// R1_MODEL if there is no such preset, R1_INVALID if the JSON or a value in it is wrong.
Status read_settings(const std::string &preset, const std::string &json, Settings &settings);

// How long a step takes that generates for so many requests and reads so many prompt tokens.
[[nodiscard]] std::chrono::microseconds step_time(const Preset &preset, uint64_t generating,
                                                  uint64_t prompt_tokens);

}  // namespace r1::sim
