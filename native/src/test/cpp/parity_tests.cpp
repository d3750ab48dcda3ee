// Logits of sequences that are computed together, against those of each alone. On the CPU,
// llama.cpp adds the products of one row in another order than those of several, so a batch's
// logits differ from its rows' alone by rounding. Nothing else may differ: where each call computes
// one sequence, the logits are the same to the bit.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>

#include "check.h"
#include "core/batch_backend.h"

namespace {

constexpr uint32_t kSequences = 16;
constexpr size_t kSteps = 40;
constexpr double kRounding = 1e-5;  // of logits up to 5.5; 3.7e-6 were seen

// Of every sequence, after its prompt and after each token.
using Logits = std::vector<std::vector<std::vector<float>>>;

class Model {
 public:
  Model() {
    CHECK(r1::open_backend("llamacpp", R1_LIBRARY_DIR, backend_).ok());
    r1::LoadRequest request{};
    request.model_path = R1_FIXTURE;
    request.library_dir = R1_LIBRARY_DIR;
    request.max_sequences = kSequences;
    request.step_tokens = 512;
    request.threads = 1;
    r1::ModelCard card;
    CHECK(backend_
              ->load(
                  request, [](float) { return true; }, card)
              .ok());
    vocabulary_ = static_cast<int32_t>(card.pieces.size());
  }

  // Each sequence is computed to its end before the next one begins, which finds no other's cells.
  Logits alone() {
    Logits logits(kSequences);
    for (uint32_t slot = 0; slot < kSequences; slot++) {
      prompt(slot, logits);
      for (size_t step = 0; step < kSteps; step++) {
        compute({next(slot, logits)}, logits);
      }
      CHECK(backend_->as_batch()->forget(slot, 0));
    }
    return logits;
  }

  // All go on at once, a token each, in one call or in one call per sequence.
  Logits together(bool one_call) {
    Logits logits(kSequences);
    for (uint32_t slot = 0; slot < kSequences; slot++) {
      prompt(slot, logits);
    }
    for (size_t step = 0; step < kSteps; step++) {
      std::vector<r1::BatchToken> batch;
      for (uint32_t slot = 0; slot < kSequences; slot++) {
        batch.push_back(next(slot, logits));
        if (!one_call) {
          compute(batch, logits);
          batch.clear();
        }
      }
      if (one_call) {
        compute(batch, logits);
      }
    }
    for (uint32_t slot = 0; slot < kSequences; slot++) {
      CHECK(backend_->as_batch()->forget(slot, 0));
    }
    return logits;
  }

  static int32_t likeliest(const std::vector<float> &row) {
    return static_cast<int32_t>(std::max_element(row.begin(), row.end()) - row.begin());
  }

 private:
  // Prompts of 5 to 260 tokens.
  void prompt(uint32_t slot, Logits &logits) {
    std::vector<r1::BatchToken> batch;
    const auto tokens = static_cast<int32_t>(5 + 17 * slot);
    for (int32_t i = 0; i < tokens; i++) {
      const auto first = static_cast<int32_t>(100 + slot);
      batch.push_back({(first + i) % vocabulary_, i, slot, i == tokens - 1});
    }
    compute(batch, logits);
  }

  static r1::BatchToken next(uint32_t slot, const Logits &logits) {
    const auto generated = static_cast<int32_t>(logits[slot].size()) - 1;
    const auto position = static_cast<int32_t>(5 + 17 * slot) + generated;
    return {likeliest(logits[slot].back()), position, slot, true};
  }

  void compute(const std::vector<r1::BatchToken> &batch, Logits &logits) {
    CHECK(backend_->as_batch()->decode(batch) == r1::Decoded::kDone);
    for (size_t i = 0; i < batch.size(); i++) {
      if (batch[i].wants_logits) {
        const std::span<const float> row = backend_->as_batch()->logits(i);
        logits[batch[i].slot].emplace_back(row.begin(), row.end());
      }
    }
  }

  std::unique_ptr<r1::Backend> backend_;
  int32_t vocabulary_ = 0;
};

struct Difference {
  double largest = 0;
  double over_largest_logit = 0;  // of its row
  bool same_tokens = true;
};

Difference difference(const Logits &one, const Logits &other) {
  Difference found;
  for (size_t slot = 0; slot < kSequences; slot++) {
    for (size_t at = 0; at <= kSteps; at++) {
      const std::vector<float> &a = one[slot][at];
      const std::vector<float> &b = other[slot][at];
      found.same_tokens = found.same_tokens && Model::likeliest(a) == Model::likeliest(b);
      double largest = 0;
      double size = 0;
      for (size_t id = 0; id < a.size(); id++) {
        largest = std::max(largest, std::fabs(static_cast<double>(a[id]) - b[id]));
        size = std::max(size, std::fabs(static_cast<double>(a[id])));
      }
      found.largest = std::max(found.largest, largest);
      found.over_largest_logit = std::max(found.over_largest_logit, largest / size);
    }
  }
  return found;
}

}  // namespace

TEST(sequencesInTurnHaveTheLogitsOfEachAloneToTheBit) {
  Model model;
  const Logits alone = model.alone();
  CHECK(alone == model.together(false));
  CHECK(alone == model.alone());
}

TEST(sequencesInOneBatchHaveTheLogitsOfEachAloneButForRounding) {
  Model model;
  const Difference found = difference(model.alone(), model.together(true));
  std::printf("batched against alone: %.2e, over the row's largest logit %.2e\n", found.largest,
              found.over_largest_logit);
  CHECK(found.same_tokens);
  CHECK(found.largest < kRounding);
}
