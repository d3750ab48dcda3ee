#include "core/sampler.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/repeats.h"
#include "core/token_filter.h"

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

namespace {

// The largest finite number, or -INFINITY. In lanes, so that the compiler makes vectors of them.
float largest_of(std::span<const float> logits) {
  constexpr size_t kLanes = 64;  // of fewer GCC unrolls the loop instead
  std::array<float, kLanes> largest{};
  largest.fill(-INFINITY);
  const auto take = [&](size_t lane, float logit) {
    const float finite = logit < INFINITY ? logit : -INFINITY;  // not a number: neither
    largest[lane] = finite > largest[lane] ? finite : largest[lane];
  };
  size_t at = 0;
  for (; at + kLanes <= logits.size(); at += kLanes) {
    for (size_t lane = 0; lane < kLanes; lane++) {
      take(lane, logits[at + lane]);
    }
  }
  for (; at < logits.size(); at++) {
    take(0, logits[at]);
  }
  return *std::max_element(largest.begin(), largest.end());
}

// The first of the largest; -1 if none is a finite number.
int32_t likeliest(std::span<const float> logits) {
  constexpr size_t kBlock = 1024;
  float largest = -INFINITY;
  size_t found = logits.size();
  for (size_t at = 0; at < logits.size(); at += kBlock) {
    const float of_block = largest_of(logits.subspan(at, std::min(kBlock, logits.size() - at)));
    if (of_block > largest) {
      largest = of_block;
      found = at;
    }
  }
  if (found == logits.size()) {
    return -1;
  }
  while (logits[found] != largest) {
    found++;
  }
  return static_cast<int32_t>(found);
}

}  // namespace

int32_t Sampler::choose(const Choice &choice) {
  const int32_t drawn =
      pick(adjusted(choice), choice.sampling, uniform_of(choice.sampling.seed, choice.index));
  return choice.filter == nullptr ? drawn : choose_filtered(choice, drawn);
}

// A second draw with a number of its own gives what is allowed its probability among all allowed.
int32_t Sampler::choose_filtered(const Choice &choice, int32_t drawn) {
  if (drawn >= 0 && choice.filter->allows(drawn)) {
    return drawn;
  }
  rejected_++;
  const double uniform = uniform_of(~choice.sampling.seed, choice.index);
  const auto redraw = [&](const Choice &from) {
    const std::span<const float> logits = adjusted(from);
    if (logits.data() != adjusted_.data()) {
      adjusted_.assign(logits.begin(), logits.end());
    }
    choice.filter->mask(adjusted_);
    return pick(adjusted_, choice.sampling, uniform);
  };
  const int32_t again = redraw(choice);
  if (again >= 0 || choice.banned.empty()) {
    return again;
  }
  Choice free = choice;
  free.banned = {};
  return redraw(free);
}

// The logits with penalties, bias and bans; themselves if there is none.
std::span<const float> Sampler::adjusted(const Choice &choice) {
  const Sampling &sampling = choice.sampling;
  const bool penalizes = choice.repeats != nullptr && sampling.penalizes();
  if (!penalizes && sampling.bias.empty() && choice.banned.empty()) {
    return choice.logits;
  }
  adjusted_.assign(choice.logits.begin(), choice.logits.end());
  if (penalizes) {
    choice.repeats->penalize(adjusted_, sampling);
  }
  for (const r1_bias &bias : sampling.bias) {
    adjusted_[static_cast<size_t>(bias.id)] += bias.bias;
  }
  for (const int32_t id : choice.banned) {
    if (id >= 0 && static_cast<size_t>(id) < adjusted_.size()) {
      adjusted_[static_cast<size_t>(id)] = -INFINITY;
    }
  }
  return adjusted_;
}

int32_t Sampler::pick(std::span<const float> logits, const Sampling &sampling, double uniform) {
  const int32_t first = likeliest(logits);
  if (first < 0 || sampling.temperature <= 0) {
    return first;
  }
  largest_ = logits[static_cast<size_t>(first)];
  collect(logits);
  keep_top_k(sampling.top_k);
  keep_top_p(sampling.top_p);
  keep_min_p(sampling.min_p);
  return draw(sampling.temperature, uniform);
}

void Sampler::collect(std::span<const float> logits) {
  candidates_.clear();
  for (size_t id = 0; id < logits.size(); id++) {
    if (std::isfinite(logits[id])) {
      candidates_.push_back({logits[id], static_cast<int32_t>(id)});
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
