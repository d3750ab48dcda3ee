#include "core/batch.h"

#include <algorithm>

namespace r1 {

size_t Batch::fill(Slots &slots, size_t step_tokens, size_t chunk_tokens) {
  tokens_.clear();
  outputs_.clear();
  find_prefilling(slots);
  const bool all = prefilling_.size() == slots.running();
  prompts_ = !prefilling_.empty() && (all || !prompts_);
  const size_t prompt_tokens = prompts_ ? share_out(slots, step_tokens, chunk_tokens) : 0;
  for (uint32_t i = 0; i < slots.size(); i++) {
    Slot &slot = slots[i];
    if (!slot.request || slot.prefilling() != prompts_) {
      continue;
    }
    if (prompts_) {
      add_chunk(i, slot, chunks_[i]);
    } else {
      add(i, slot, slot.next, true);
    }
  }
  return prompt_tokens;
}

void Batch::find_prefilling(const Slots &slots) {
  prefilling_.clear();
  for (uint32_t i = 0; i < slots.size(); i++) {
    if (slots[i].request && slots[i].prefilling()) {
      prefilling_.push_back(i);
    }
  }
}

size_t Batch::share_out(const Slots &slots, size_t step_tokens, size_t chunk_tokens) {
  chunks_.assign(slots.size(), 0);
  std::sort(prefilling_.begin(), prefilling_.end(), [&](uint32_t a, uint32_t b) {
    const Request &first = *slots[a].request;
    const Request &second = *slots[b].request;
    return first.priority != second.priority ? first.priority > second.priority
                                             : first.submitted < second.submitted;
  });
  size_t shared = 0;
  for (const uint32_t i : prefilling_) {
    const size_t left = slots[i].request->prompt.size() - slots[i].cells.size();
    chunks_[i] = std::min({step_tokens - shared, left, chunk_tokens});
    shared += chunks_[i];
  }
  return shared;
}

void Batch::add(uint32_t index, Slot &slot, int32_t id, bool wants_logits) {
  if (wants_logits) {
    outputs_.push_back({tokens_.size(), index});
  }
  tokens_.push_back({id, static_cast<int32_t>(slot.cells.size()), index, wants_logits});
  slot.cells.push_back(id);
}

void Batch::add_chunk(uint32_t index, Slot &slot, size_t tokens) {
  const std::vector<int32_t> &prompt = slot.request->prompt;
  for (size_t i = 0; i < tokens; i++) {
    const size_t position = slot.cells.size();
    add(index, slot, prompt[position], position + 1 == prompt.size());
  }
}

}  // namespace r1
