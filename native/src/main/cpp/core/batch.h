// The tokens of one step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/batch_backend.h"
#include "core/slots.h"

namespace r1 {

class Batch {
 public:
  // Where a slot's next logits will be.
  struct Output {
    size_t index;
    uint32_t slot;
  };

  // Chunks of prompts, where the highest priority gets its chunk first, or one token of every
  // generating request. The two take turns: llama.cpp needs a pass over the weights for each
  // anyway, and so who joins has its first token after one pass instead of two. In the order of
  // slots, for llama.cpp computes only sequences that follow each other in one pass. Their ids are
  // in the slots' cells afterwards. Returns how many tokens of prompts there are.
  size_t fill(Slots &slots, size_t step_tokens, size_t chunk_tokens);

  [[nodiscard]] const std::vector<BatchToken> &tokens() const { return tokens_; }
  [[nodiscard]] const std::vector<Output> &outputs() const { return outputs_; }

 private:
  void find_prefilling(const Slots &slots);
  // How many tokens of its prompt each slot may compute in this step; returns their sum.
  size_t share_out(const Slots &slots, size_t step_tokens, size_t chunk_tokens);
  void add(uint32_t index, Slot &slot, int32_t id, bool wants_logits);
  void add_chunk(uint32_t index, Slot &slot, size_t tokens);

  std::vector<BatchToken> tokens_;  // kept between steps to allocate once
  std::vector<Output> outputs_;
  std::vector<uint32_t> prefilling_;
  std::vector<size_t> chunks_;  // by slot
  bool prompts_ = false;        // whether the last one had prompts
};

}  // namespace r1
