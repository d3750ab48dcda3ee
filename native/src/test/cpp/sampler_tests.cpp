#include <cmath>
#include <limits>
#include <map>

#include "check.h"
#include "core/logprobs.h"
#include "core/repeats.h"
#include "core/sampler.h"

using r1::Sampler;
using r1::Sampling;

namespace {

std::map<int32_t, int> draws(const std::vector<float> &logits, Sampling sampling, int count,
                             std::vector<int32_t> banned = {}) {
  Sampler sampler;
  std::map<int32_t, int> found;
  for (int i = 0; i < count; i++) {
    found[sampler.choose({logits, sampling, static_cast<uint64_t>(i), banned})]++;
  }
  return found;
}

int32_t greedy(const std::vector<float> &logits, std::vector<int32_t> banned,
               const Sampling &sampling = {}, const r1::Repeats *repeats = nullptr) {
  Sampler sampler;
  return sampler.choose({logits, sampling, 0, banned, repeats});
}

}  // namespace

TEST(greedyTakesTheLikeliestAndTheFirstOfEquals) {
  CHECK(greedy({1, 5, 5, 2}, {}) == 1);
  CHECK(greedy({1, 5, 5, 2}, {1}) == 2);
}

TEST(whatIsNoNumberIsNeverChosen) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(greedy({nan, 1, nan}, {}) == 1);
  CHECK(greedy({nan, nan}, {}) == -1);
  CHECK(greedy({}, {}) == -1);
}

// As one loop over the logits finds it, wherever blocks and lanes end.
TEST(greedyFindsTheFirstOfTheLargestInAnyPlace) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const size_t size : {1U, 63U, 64U, 65U, 1024U, 1025U, 3000U}) {
    for (size_t at = 0; at < size; at += 1 + size / 50) {
      std::vector<float> logits(size, -7);
      logits[at] = -3;
      logits[size - 1] = -3;
      CHECK(greedy(logits, {}) == static_cast<int32_t>(at));
      logits.assign(size, nan);
      logits[0] = INFINITY;
      logits[at] = -1e30F;
      CHECK(greedy(logits, {}) == static_cast<int32_t>(at));
    }
  }
  CHECK(greedy(std::vector<float>(2000, -INFINITY), {}) == -1);
  CHECK(greedy({-0.0F, 0.0F}, {}) == 0);
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

TEST(biasRaisesLowersAndBans) {
  CHECK(greedy({1, 5, 4}, {}, {.bias = {{0, 4.5F}}}) == 0);
  CHECK(greedy({1, 5, 4}, {}, {.bias = {{1, -INFINITY}}}) == 2);
  CHECK(greedy({1, 5, 4}, {}, {.bias = {{0, -INFINITY}, {1, -INFINITY}, {2, -INFINITY}}}) == -1);
}

TEST(penaltiesCountWhatCame) {
  r1::Repeats repeats;
  const std::vector<int32_t> prompt = {1};
  repeats.start(prompt);
  const std::vector<float> logits = {3, 4, 2};
  CHECK(greedy(logits, {}, {.repetition_penalty = 1.5F}, &repeats) == 0);  // 4 / 1.5
  CHECK(greedy(logits, {}, {.presence_penalty = 2}, &repeats) == 1);       // only the output
  repeats.add(1);
  CHECK(greedy(logits, {}, {.presence_penalty = 1.5F}, &repeats) == 0);   // 4 - 1.5
  CHECK(greedy(logits, {}, {.frequency_penalty = 0.6F}, &repeats) == 1);  // 4 - 0.6
  repeats.add(1);
  CHECK(greedy(logits, {}, {.frequency_penalty = 0.6F}, &repeats) == 0);  // 4 - 1.2
  CHECK(greedy({-1, -2}, {}, {.repetition_penalty = 3}, &repeats) == 0);  // -2 * 3
}

TEST(logprobsAreThoseOfTheSoftmax) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> logits = {std::log(0.1F), std::log(0.4F), nan, std::log(0.3F),
                                     std::log(0.2F)};
  r1::Logprobs logprobs;
  logprobs.compute(logits, 4, 3);
  CHECK(std::abs(logprobs.chosen() - std::log(0.2F)) < 1e-6F);
  CHECK(logprobs.tops().size() == 3 && logprobs.tops()[0].id == 1);
  CHECK(logprobs.tops()[1].id == 3 && logprobs.tops()[2].id == 4);
  CHECK(std::abs(logprobs.tops()[1].logprob - std::log(0.3F)) < 1e-6F);
  logprobs.compute(logits, 0, 20);
  CHECK(logprobs.tops().size() == 4);
  logprobs.compute(logits, 0, 0);
  CHECK(logprobs.tops().empty());
}
