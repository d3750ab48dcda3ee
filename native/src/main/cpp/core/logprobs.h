// Natural logprobs by the raw logits: of the chosen token and of the likeliest ones.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "r1_engine.h"

namespace r1 {

class Logprobs {
 public:
  // Of so many likeliest, at most the vocabulary; logits that are no numbers count as -infinity.
  void compute(std::span<const float> logits, int32_t chosen, size_t tops);

  [[nodiscard]] float chosen() const { return chosen_; }
  [[nodiscard]] std::span<const r1_top> tops() const { return tops_; }  // the likeliest first

 private:
  float chosen_ = 0;
  std::vector<r1_top> tops_;  // kept between calls to allocate once
};

}  // namespace r1
