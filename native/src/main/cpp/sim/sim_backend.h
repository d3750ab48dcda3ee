// A deterministic engine for load tests: no model, but the pace of a published one. Tokens follow
// from seed, prompt and index: reasoning, </think>, an answer. They mean nothing, and everything
// says so. Scheduler, ring and limits are those of every BatchBackend.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "core/batch_backend.h"
#include "sim/settings.h"
#include "sim/vocabulary.h"

namespace r1::sim {

class SimBackend final : public BatchBackend {
 public:
  Status load(const LoadRequest &request, const std::function<bool(float)> &progress,
              ModelCard &card) override;
  [[nodiscard]] Status tokenize(std::string_view text, std::vector<int32_t> &ids) const override;
  void begin(uint32_t slot, const Request &request) override;
  Decoded decode(std::span<const BatchToken> batch) override;
  [[nodiscard]] std::span<const float> logits(size_t) override { return {}; }
  [[nodiscard]] int32_t fixed_token(size_t batch_index) override;
  [[nodiscard]] std::optional<std::chrono::microseconds> simulated_time() const override;
  bool forget(uint32_t, int32_t) override { return true; }
  bool share(uint32_t, uint32_t, int32_t) override { return true; }
  void abort() noexcept override;

 private:
  // What the output of a slot's request will be.
  struct Script {
    uint32_t prompt_tokens = 0;
    uint32_t min_tokens = 0;
    bool ignores_end = false;
    uint64_t hash = 0;
    std::vector<int32_t> opening;  // before the words
    uint32_t reasoning = 0;        // words, then </think>
    std::vector<int32_t> echoed;   // instead of an answer of words
    uint32_t answer = 0;           // tokens, then the end
  };

  [[nodiscard]] int32_t token_of(const Script &script, uint32_t index) const;
  [[nodiscard]] std::vector<int32_t> question_of(const std::vector<int32_t> &prompt) const;
  bool wait(std::chrono::microseconds time);

  Settings settings_;
  Vocabulary vocabulary_;
  std::vector<Script> scripts_;
  std::vector<int32_t> tokens_;  // of the last batch, by index; -1 = none wanted
  std::chrono::microseconds last_step_{0};
  std::mutex mutex_;
  std::condition_variable aborting_;
  bool aborted_ = false;
};

std::unique_ptr<Backend> make_backend();

}  // namespace r1::sim
