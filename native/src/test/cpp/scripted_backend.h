// A backend without a model: the next token follows from the last one and its position; what goes
// wrong is scripted. Checks that positions follow on in each slot and that limits are kept.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <map>

#include "check.h"
#include "core/batch_backend.h"

namespace r1::testing {

struct Script {
  uint32_t step_tokens = 16;
  uint64_t kv_tokens = 400;
  uint32_t context_tokens = 100;
  size_t long_piece_bytes = 100;  // of kLong
  std::atomic<int> fail_at{-1};   // this decode answers `failure`
  Decoded failure = Decoded::kFailed;
  int nan_for = -1;  // the logits after this token are no numbers
  std::atomic<int> decodes{0};
  std::atomic<size_t> largest_batch{0};
  std::atomic<size_t> cells{0};
  std::atomic<int> shares{0};
  std::atomic<uint32_t> threads{0};               // that it was told to compute with
  std::function<void()> before_a_choice = [] {};  // on the engine's thread
};

inline constexpr int32_t kVocabulary = 50;
inline constexpr int32_t kEnd = 1;
inline constexpr int32_t kLong = 2;  // its piece may be long

// What the scripted model says after a token at a position.
inline int32_t successor(int32_t id, int32_t position) {
  return 3 + (id * 7 + position * 3) % (kVocabulary - 3);
}

class ScriptedBackend final : public BatchBackend {
 public:
  explicit ScriptedBackend(Script &script) : script_(script) {}

  Status load(const LoadRequest &request, const std::function<bool(float)> &progress,
              ModelCard &card) override {
    progress(0.5F);
    script_.threads = request.threads;
    if (request.model_path.ends_with("refuse")) {
      return refuse(R1_MODEL, "refused as scripted");
    }
    card.name = "scripted";
    card.context_tokens = script_.context_tokens;
    card.step_tokens = script_.step_tokens;
    card.kv_tokens = script_.kv_tokens;
    card.features = R1_CAN_TEXT | kSchedulerFeatures;
    card.end_ids = {kEnd};
    card.control.resize(kVocabulary);
    card.marker.resize(kVocabulary);
    for (int32_t id = 0; id < kVocabulary; id++) {
      card.pieces.push_back(id == kLong ? std::string(script_.long_piece_bytes, 'z')
                                        : std::to_string(id));
    }
    return {};
  }

  Status tokenize(std::string_view text, std::vector<int32_t> &ids) const override {
    ids.assign(text.size(), 3);
    return {};
  }

  Decoded decode(std::span<const BatchToken> batch) override {
    if (aborted_) {
      return Decoded::kAborted;
    }
    const int now = script_.decodes++;
    script_.largest_batch = std::max(script_.largest_batch.load(), batch.size());
    CHECK(batch.size() <= script_.step_tokens);
    CHECK(std::is_sorted(batch.begin(), batch.end(),
                         [](const auto &one, const auto &next) { return one.slot < next.slot; }));
    answers_.assign(batch.size(), -1);
    for (size_t i = 0; i < batch.size(); i++) {
      std::vector<int32_t> &cells = slots_[batch[i].slot];
      CHECK(batch[i].position == static_cast<int32_t>(cells.size()));
      cells.push_back(batch[i].id);
      if (batch[i].wants_logits) {
        answers_[i] =
            batch[i].id == script_.nan_for ? -2 : successor(batch[i].id, batch[i].position);
      }
    }
    count_cells();
    CHECK(script_.cells <= script_.kv_tokens);
    return now == script_.fail_at ? script_.failure : Decoded::kDone;
  }

  std::span<const float> logits(size_t batch_index) override {
    script_.before_a_choice();
    row_.assign(kVocabulary, answers_[batch_index] == -2 ? std::nanf("") : 0.0F);
    if (answers_[batch_index] >= 0) {
      row_[static_cast<size_t>(answers_[batch_index])] = 10;
    }
    return row_;
  }

  bool forget(uint32_t slot, int32_t from_position) override {
    slots_[slot].resize(static_cast<size_t>(from_position));
    count_cells();
    return true;
  }

  bool share(uint32_t from, uint32_t to, int32_t tokens) override {
    CHECK(slots_[to].empty());
    slots_[to] = slots_[from];
    slots_[to].resize(static_cast<size_t>(tokens));
    script_.shares++;
    count_cells();
    return true;
  }

  void abort() noexcept override { aborted_ = true; }

 private:
  void count_cells() {
    size_t sum = 0;
    for (const auto &[slot, cells] : slots_) {
      sum += cells.size();
    }
    script_.cells = sum;
  }

  Script &script_;
  std::map<uint32_t, std::vector<int32_t>> slots_;
  std::vector<int32_t> answers_;
  std::vector<float> row_;
  std::atomic<bool> aborted_ = false;
};

}  // namespace r1::testing
