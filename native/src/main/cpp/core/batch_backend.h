// A backend that computes batches of tokens: the engine's scheduler decides what each step holds,
// samples and publishes.
#pragma once

#include <chrono>
#include <optional>
#include <span>

#include "core/backend.h"
#include "core/request.h"

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

// What the scheduler does with the logits of any backend.
inline constexpr uint32_t kSchedulerFeatures = R1_CAN_LOGPROBS | R1_CAN_PENALTIES | R1_CAN_BIAS |
                                               R1_CAN_MIN_TOKENS | R1_CAN_MIN_P | R1_CAN_GRAMMAR |
                                               R1_CAN_END_FIRST;

class BatchBackend : public Backend {
 public:
  // On the engine's thread: a request starts in this slot.
  virtual void begin(uint32_t /*slot*/, const Request & /*request*/) {}

  // On the engine's thread. The batch has at most step_tokens, positions follow on in each slot.
  virtual Decoded decode(std::span<const BatchToken> batch) = 0;

  // After decode: the logits of a batch index that wanted them, or empty.
  [[nodiscard]] virtual std::span<const float> logits(size_t batch_index) = 0;

  // After decode: the token of such an index if there are no logits to choose from, else -1.
  [[nodiscard]] virtual int32_t fixed_token(size_t /*batch_index*/) { return -1; }

  // How long the last decode would have taken; none = as long as it did.
  [[nodiscard]] virtual std::optional<std::chrono::microseconds> simulated_time() const {
    return std::nullopt;
  }

  // Drops a slot's cells from this position on; false if only dropping all is possible.
  virtual bool forget(uint32_t slot, int32_t from_position) = 0;

  // Gives the slot `to`, which is empty, the cells of `from` below `tokens`, which stay `from`'s
  // too; false if that is not possible, then `to` is empty.
  virtual bool share(uint32_t from, uint32_t to, int32_t tokens) = 0;

  BatchBackend *as_batch() final { return this; }
};

}  // namespace r1
