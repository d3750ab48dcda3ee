// A backend that computes batches of tokens: the engine's scheduler decides what each step holds,
// samples and publishes.
#pragma once

#include <span>

#include "core/backend.h"

namespace r1 {

struct BatchToken {
  int32_t id;
  int32_t position;
  uint32_t slot;
  bool wants_logits;
};

enum class Decoded {
  kDone,
  kFailed,   // this batch failed, the cache of its slots is unknown
  kAborted,  // abort() was called
  kDead      // the backend cannot go on
};

class BatchBackend : public Backend {
 public:
  // On the engine's thread. The batch has at most step_tokens, positions follow on in each slot.
  virtual Decoded decode(std::span<const BatchToken> batch) = 0;

  // After decode: the logits of a batch index that wanted them, or empty.
  [[nodiscard]] virtual std::span<const float> logits(size_t batch_index) = 0;

  // Drops a slot's cells from this position on; false if only dropping all is possible.
  virtual bool forget(uint32_t slot, int32_t from_position) = 0;

  // Gives the slot `to`, which is empty, the cells of `from` below `tokens`, which stay `from`'s
  // too; false if that is not possible, then `to` is empty.
  virtual bool share(uint32_t from, uint32_t to, int32_t tokens) = 0;

  BatchBackend *as_batch() final { return this; }
};

}  // namespace r1
