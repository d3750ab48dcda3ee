// Chooses the next token: penalties, bias, top-k, top-p, min-p, temperature, a draw that follows
// from seed and index alone.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "r1_engine.h"

namespace r1 {

struct Sampling {
  float temperature = 0;
  float top_p = 1;
  float min_p = 0;
  int32_t top_k = 0;
  uint64_t seed = 0;
  float repetition_penalty = 1;
  float presence_penalty = 0;
  float frequency_penalty = 0;
  std::vector<r1_bias> bias = {};

  [[nodiscard]] bool penalizes() const {
    return repetition_penalty != 1 || presence_penalty != 0 || frequency_penalty != 0;
  }
};

class Repeats;
class TokenFilter;

// What one choice depends on.
struct Choice {
  std::span<const float> logits;
  const Sampling &sampling;
  uint64_t index;                    // of the token, from 0
  std::span<const int32_t> banned;   // never chosen
  const Repeats *repeats = nullptr;  // for penalties, if there are any
  TokenFilter *filter = nullptr;
};

class Sampler {
 public:
  // The chosen id; -1 if no logit is a number or nothing is allowed. A filter tests the drawn token
  // alone, and all only if that is refused. Bans yield where nothing else is allowed.
  [[nodiscard]] int32_t choose(const Choice &choice);
  // How many drawn tokens were refused so far.
  [[nodiscard]] uint64_t rejected() const { return rejected_; }

 private:
  struct Candidate {
    float logit;
    int32_t id;
  };

  [[nodiscard]] std::span<const float> adjusted(const Choice &choice);
  [[nodiscard]] int32_t choose_filtered(const Choice &choice, int32_t drawn);
  [[nodiscard]] int32_t pick(std::span<const float> logits, const Sampling &sampling,
                             double uniform);
  void collect(std::span<const float> logits);
  void keep_top_k(int32_t top_k);
  void keep_top_p(float top_p);
  void keep_min_p(float min_p);
  [[nodiscard]] int32_t draw(float temperature, double uniform) const;

  std::vector<Candidate> candidates_;  // kept between calls to allocate once
  std::vector<float> adjusted_;
  float largest_ = 0;
  uint64_t rejected_ = 0;
};

// 0 to 1, exclusive, with 53 bits.
[[nodiscard]] double uniform_of(uint64_t seed, uint64_t index);

}  // namespace r1
