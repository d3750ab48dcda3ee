// Which tokens a request has seen, for penalties: kept up token by token, since a long history is
// too long to count again for each token.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>

#include "core/sampler.h"

namespace r1 {

class Repeats {
 public:
  void start(std::span<const int32_t> prompt);
  void add(int32_t id) { in_output_[id]++; }

  // Lowers (or raises) the logits of what was seen.
  void penalize(std::span<float> logits, const Sampling &sampling) const;

 private:
  std::unordered_map<int32_t, uint32_t> in_output_;  // 0: in the prompt only
};

}  // namespace r1
