#include "core/repeats.h"

namespace r1 {

void Repeats::start(std::span<const int32_t> prompt) {
  in_output_.clear();
  for (const int32_t id : prompt) {
    in_output_.emplace(id, 0);
  }
}

void Repeats::penalize(std::span<float> logits, const Sampling &sampling) const {
  for (const auto &[id, count] : in_output_) {
    float &logit = logits[static_cast<size_t>(id)];
    logit = logit > 0 ? logit / sampling.repetition_penalty : logit * sampling.repetition_penalty;
    if (count > 0) {
      logit -= sampling.presence_penalty + sampling.frequency_penalty * static_cast<float>(count);
    }
  }
}

}  // namespace r1
