#include "core/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace r1 {
namespace {

uint64_t mixed(uint64_t value) {  // the finalizer of SplitMix64
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

}  // namespace

double uniform_of(uint64_t seed, uint64_t index) {
  const uint64_t bits = mixed(mixed(seed + 0x9e3779b97f4a7c15ULL) + index * 0x9e3779b97f4a7c15ULL);
  return static_cast<double>(bits >> 11) * 0x1.0p-53;
}

int32_t Sampler::choose(std::span<const float> logits, const Sampling &sampling, uint64_t index,
                        std::span<const int32_t> banned) {
  collect(logits, banned);
  if (candidates_.empty()) {
    return -1;
  }
  const auto likeliest =
      std::max_element(candidates_.begin(), candidates_.end(),
                       [](const Candidate &a, const Candidate &b) { return a.logit < b.logit; });
  if (sampling.temperature <= 0) {
    return likeliest->id;
  }
  largest_ = likeliest->logit;
  keep_top_k(sampling.top_k);
  keep_top_p(sampling.top_p);
  keep_min_p(sampling.min_p);
  return draw(sampling.temperature, uniform_of(sampling.seed, index));
}

void Sampler::collect(std::span<const float> logits, std::span<const int32_t> banned) {
  candidates_.clear();
  for (size_t id = 0; id < logits.size(); id++) {
    const auto token = static_cast<int32_t>(id);
    const bool is_banned = std::find(banned.begin(), banned.end(), token) != banned.end();
    if (std::isfinite(logits[id]) && !is_banned) {
      candidates_.push_back({logits[id], token});
    }
  }
}

namespace {

constexpr auto kLikelierFirst = [](const auto &a, const auto &b) {
  return a.logit != b.logit ? a.logit > b.logit : a.id < b.id;
};

}  // namespace

void Sampler::keep_top_k(int32_t top_k) {
  const auto keep = static_cast<size_t>(std::max(top_k, 0));
  if (keep == 0 || keep >= candidates_.size()) {
    return;
  }
  std::nth_element(candidates_.begin(), candidates_.begin() + top_k, candidates_.end(),
                   kLikelierFirst);
  candidates_.resize(keep);
}

void Sampler::keep_top_p(float top_p) {
  if (top_p >= 1) {
    return;
  }
  double all = 0;
  for (const Candidate &candidate : candidates_) {
    all += std::exp(static_cast<double>(candidate.logit - largest_));
  }
  // Few tokens hold most of the probability, so sort a growing front instead of everything.
  size_t sorted = 0;
  size_t keep = 0;
  for (double sum = 0; keep < candidates_.size() && sum < top_p * all; keep++) {
    if (keep == sorted) {
      const size_t end = std::min(candidates_.size(), std::max<size_t>(64, sorted * 4));
      const auto front = candidates_.begin() + static_cast<std::ptrdiff_t>(sorted);
      const auto middle = candidates_.begin() + static_cast<std::ptrdiff_t>(end);
      std::partial_sort(front, middle, candidates_.end(), kLikelierFirst);
      sorted = end;
    }
    sum += std::exp(static_cast<double>(candidates_[keep].logit - largest_));
  }
  candidates_.resize(std::max<size_t>(keep, 1));
}

void Sampler::keep_min_p(float min_p) {
  if (min_p <= 0) {
    return;
  }
  const double least = std::log(static_cast<double>(min_p)) + static_cast<double>(largest_);
  std::erase_if(candidates_, [&](const Candidate &candidate) {
    return static_cast<double>(candidate.logit) < least;
  });
}

int32_t Sampler::draw(float temperature, double uniform) const {
  const auto weight = [&](const Candidate &candidate) {
    return std::exp(static_cast<double>(candidate.logit - largest_) /
                    static_cast<double>(temperature));
  };
  double all = 0;
  for (const Candidate &candidate : candidates_) {
    all += weight(candidate);
  }
  double left = uniform * all;
  for (const Candidate &candidate : candidates_) {
    left -= weight(candidate);
    if (left < 0) {
      return candidate.id;
    }
  }
  return candidates_.back().id;
}

}  // namespace r1
