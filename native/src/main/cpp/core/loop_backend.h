// A backend with its own loop (TensorRT-LLM): it takes requests at any time, runs them on threads
// of its own and tells what came. The engine's LoopRunner does the rest: ids in use, the bounded
// queue, deadlines, drain, the reason of an end, hashes, the backlog before a full ring, counters.
#pragma once

#include <chrono>
#include <span>
#include <string_view>

#include "core/backend.h"
#include "core/request.h"

namespace r1 {

// What came of one request since the last news of it. Spans are read before emit() returns.
struct News {
  enum class Outcome : uint8_t {
    kRunning,  // more will come
    kStopped,  // by an end or stop token, the last id; an END where the backend cut it away
    kLength,   // at max_tokens
    kCancelled,
    kFailed  // this request only
  };

  uint64_t request_id = 0;
  std::span<const int32_t> ids;
  std::span<const float> logprobs;      // one per id, or empty
  std::span<const r1_top> tops;         // the likeliest of each id, one id after another
  std::span<const uint8_t> top_counts;  // how many of each id, at most 20; or empty: none of any
  uint32_t cached_tokens = R1_UNKNOWN;  // of the prompt; the last known value counts
  uint64_t queue_us = 0;                // from submit to its start; the last known value counts
  Outcome outcome = Outcome::kRunning;
};

// What the loop does now. Zero is "not known"; counters grow.
struct LoopLoad {
  uint64_t running = 0, waiting = 0;
  uint64_t kv_tokens_used = 0, kv_tokens_cached = 0, kv_tokens_total = 0;
  uint64_t prefix_asked_tokens = 0, prefix_hit_tokens = 0;
  uint64_t steps = 0, step_us = 0;
};

// The engine's side. Any thread of the backend; copies and never blocks for longer than a lock.
class LoopEvents {
 public:
  // News of requests, in the order of each. News of a request that has ended is ignored. Ids that
  // come after a cancel, a deadline, an end token or max_tokens are counted as overrun, not sent;
  // a request that runs on after those is cancelled. One with an id outside the vocabulary, or
  // without a logprob it asked for, ends as ERROR.
  // Exactly one news with another outcome than kRunning ends a request, also after cancel().
  virtual void emit(std::span<const News> news) noexcept = 0;

  virtual void report(const LoopLoad &load) noexcept = 0;

  // The backend cannot go on: every request ends with ERROR (R1_FATAL), the engine is FAILED with
  // this reason. The text has at most 1,024 bytes and no text of a prompt.
  virtual void fatal(std::string_view reason) noexcept = 0;

 protected:
  ~LoopEvents() = default;
};

class LoopBackend : public Backend {
 public:
  // On the engine's thread, after load, once. `events` may be used until stop() returns.
  virtual void start(LoopEvents &events) = 0;

  // Any thread, several at once; does not wait for the loop. The request is checked (ranges,
  // vocabulary, context, features) and must be copied. Not ok: nothing was taken, nothing is
  // emitted. News may be emitted before it returns.
  virtual Status submit(const Request &request) = 0;

  // Any thread; does not wait. Only after submit() of this id returned ok, at most once, and never
  // lost: the request must end, at the latest with kCancelled. A request that has ended: nothing.
  virtual void cancel(uint64_t request_id) noexcept = 0;

  // Any thread, once, also without start(): ends the loop. No event follows its return.
  virtual void stop() noexcept = 0;

  // So long without any news while a request is unfinished means the loop hangs: FATAL.
  [[nodiscard]] virtual std::chrono::milliseconds stall_limit() const {
    return std::chrono::seconds(60);
  }

  LoopBackend *as_loop() final { return this; }
};

}  // namespace r1
