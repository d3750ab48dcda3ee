// The engine's backend on llama.cpp.
#pragma once

#include <atomic>
#include <memory>

#include "core/batch_backend.h"
#include "llama.h"

namespace r1::llamacpp {

class LlamaCppBackend final : public BatchBackend {
 public:
  Status load(const LoadRequest &request, const std::function<bool(float)> &progress,
              ModelCard &card) override;
  [[nodiscard]] Status tokenize(std::string_view text, std::vector<int32_t> &ids) const override;
  Decoded decode(std::span<const BatchToken> batch) override;
  [[nodiscard]] std::span<const float> logits(size_t batch_index) override;
  bool forget(uint32_t slot, int32_t from_position) override;
  bool share(uint32_t from, uint32_t to, int32_t tokens) override;
  void abort() noexcept override;

 private:
  struct ModelDeleter {
    void operator()(llama_model *model) const { llama_model_free(model); }
  };
  struct ContextDeleter {
    void operator()(llama_context *context) const { llama_free(context); }
  };
  // A llama_batch of fixed size: one sequence per token.
  struct Batch {
    void resize(size_t tokens);
    void set(size_t index, const BatchToken &token);

    std::vector<llama_token> ids;
    std::vector<llama_pos> positions;
    std::vector<int32_t> sequence_counts;
    std::vector<llama_seq_id> sequences;
    std::vector<llama_seq_id *> sequence_lists;
    std::vector<int8_t> wants_logits;
  };

  Status load_model(const LoadRequest &request, const std::function<bool(float)> &progress);
  Status make_context(const LoadRequest &request, ModelCard &card);
  Status describe(ModelCard &card) const;
  bool append_ids(std::string_view text, std::vector<int32_t> &ids) const;

  std::unique_ptr<llama_model, ModelDeleter> model_;
  std::unique_ptr<llama_context, ContextDeleter> context_;
  const llama_vocab *vocabulary_ = nullptr;
  size_t vocabulary_size_ = 0;
  Batch batch_;
  std::atomic<bool> aborted_ = false;
};

}  // namespace r1::llamacpp
