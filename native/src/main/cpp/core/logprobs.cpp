#include "core/logprobs.h"

#include <algorithm>
#include <cmath>

namespace r1 {
namespace {

constexpr auto kLikelierFirst = [](const r1_top &a, const r1_top &b) {
  return a.logprob != b.logprob ? a.logprob > b.logprob : a.id < b.id;
};

}  // namespace

void Logprobs::compute(std::span<const float> logits, int32_t chosen, size_t tops) {
  float largest = -INFINITY;
  for (const float logit : logits) {
    largest = logit > largest ? logit : largest;
  }
  double sum = 0;
  for (const float logit : logits) {
    sum += std::isnan(logit) ? 0 : std::exp(static_cast<double>(logit - largest));
  }
  const double all = static_cast<double>(largest) + std::log(sum);
  const auto logprob = [&](size_t id) {
    return static_cast<float>(static_cast<double>(logits[id]) - all);
  };
  chosen_ = logprob(static_cast<size_t>(chosen));
  tops_.clear();
  if (tops == 0) {
    return;
  }
  // A heap of the likeliest so far, the least likely in front.
  for (size_t id = 0; id < logits.size(); id++) {
    const r1_top top{static_cast<int32_t>(id), logits[id]};
    if (std::isnan(top.logprob) || (tops_.size() == tops && !kLikelierFirst(top, tops_.front()))) {
      continue;
    }
    if (tops_.size() == tops) {
      std::pop_heap(tops_.begin(), tops_.end(), kLikelierFirst);
      tops_.pop_back();
    }
    tops_.push_back(top);
    std::push_heap(tops_.begin(), tops_.end(), kLikelierFirst);
  }
  std::sort_heap(tops_.begin(), tops_.end(), kLikelierFirst);
  for (r1_top &top : tops_) {
    top.logprob = logprob(static_cast<size_t>(top.id));
  }
}

}  // namespace r1
