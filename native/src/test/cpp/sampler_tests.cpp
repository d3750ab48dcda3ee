#include <cmath>
#include <limits>
#include <map>

#include "check.h"
#include "core/sampler.h"

using r1::Sampler;
using r1::Sampling;

namespace {

std::map<int32_t, int> draws(const std::vector<float> &logits, Sampling sampling, int count,
                             std::vector<int32_t> banned = {}) {
  Sampler sampler;
  std::map<int32_t, int> found;
  for (int i = 0; i < count; i++) {
    found[sampler.choose(logits, sampling, static_cast<uint64_t>(i), banned)]++;
  }
  return found;
}

}  // namespace

TEST(greedyTakesTheLikeliestAndTheFirstOfEquals) {
  Sampler sampler;
  CHECK(sampler.choose(std::vector<float>{1, 5, 5, 2}, {}, 0, {}) == 1);
  CHECK(sampler.choose(std::vector<float>{1, 5, 5, 2}, {}, 0, std::vector<int32_t>{1}) == 2);
}

TEST(whatIsNoNumberIsNeverChosen) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Sampler sampler;
  CHECK(sampler.choose(std::vector<float>{nan, 1, nan}, {}, 0, {}) == 1);
  CHECK(sampler.choose(std::vector<float>{nan, nan}, {}, 0, {}) == -1);
  CHECK(sampler.choose(std::vector<float>{}, {}, 0, {}) == -1);
}

TEST(drawsFollowTheProbabilities) {
  const std::vector<float> logits = {std::log(0.5F), std::log(0.3F), std::log(0.2F)};
  const auto found = draws(logits, {.temperature = 1, .seed = 9}, 100000);
  CHECK(std::abs(found.at(0) - 50000) < 1000);
  CHECK(std::abs(found.at(1) - 30000) < 1000);
  CHECK(std::abs(found.at(2) - 20000) < 1000);
}

TEST(temperatureSharpensAndFlattens) {
  const std::vector<float> logits = {1, 0};
  const auto cold = draws(logits, {.temperature = 0.1F}, 1000);
  const auto hot = draws(logits, {.temperature = 100}, 10000);
  CHECK(cold.at(0) > 990);
  CHECK(std::abs(hot.at(0) - 5025) < 300);
}

TEST(topKTopPAndMinPKeepTheLikeliest) {
  const std::vector<float> logits = {std::log(0.1F), std::log(0.4F), std::log(0.3F),
                                     std::log(0.2F)};
  CHECK(draws(logits, {.temperature = 1, .top_k = 2}, 2000).size() == 2);
  CHECK(draws(logits, {.temperature = 1, .top_p = 0.69F}, 2000).size() == 2);
  CHECK(draws(logits, {.temperature = 1, .top_p = 0.71F}, 2000).size() == 3);
  CHECK(draws(logits, {.temperature = 1, .min_p = 0.6F}, 2000).size() == 2);
  CHECK(draws(logits, {.temperature = 1, .top_k = 2}, 2000, {1}).contains(3));
}

// The front is sorted in growing parts: a flat distribution needs several.
TEST(topPOfAFlatDistributionKeepsItsShare) {
  std::vector<float> logits(500);
  for (size_t i = 0; i < logits.size(); i++) {
    logits[i] = static_cast<float>(i % 7) * 1e-6F;
  }
  const auto found = draws(logits, {.temperature = 1, .top_p = 0.5F, .seed = 3}, 6000);
  CHECK(found.size() > 245 && found.size() <= 251);
}

TEST(seedAndIndexGiveTheDraw) {
  CHECK(r1::uniform_of(1, 2) == r1::uniform_of(1, 2));
  CHECK(r1::uniform_of(1, 2) != r1::uniform_of(1, 3));
  CHECK(r1::uniform_of(1, 2) != r1::uniform_of(2, 2));
  double sum = 0;
  for (uint64_t i = 0; i < 10000; i++) {
    const double uniform = r1::uniform_of(7, i);
    CHECK(uniform >= 0 && uniform < 1);
    sum += uniform;
  }
  CHECK(std::abs(sum / 10000 - 0.5) < 0.01);
}
