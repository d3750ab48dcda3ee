// What runs an engine's accepted requests: the Scheduler over a BatchBackend, or the LoopRunner
// over a LoopBackend.
#pragma once

#include <cstdint>
#include <string>

#include "core/request.h"
#include "core/status.h"
#include "r1_engine.h"

namespace r1 {

struct Limits {
  uint32_t max_sequences;
  uint32_t max_waiting;
  uint32_t chunk_tokens;
  bool prefix_cache;
};

class Runner {
 public:
  Runner() = default;
  Runner(const Runner &) = delete;
  Runner &operator=(const Runner &) = delete;
  virtual ~Runner() = default;

  // Any thread.
  virtual Status submit(Request request) = 0;
  virtual Status cancel(uint64_t id) = 0;
  virtual void stop() = 0;  // the engine's thread leaves its waits; nothing more is computed
  virtual void end_by(Clock::time_point grace) = 0;  // unfinished then: R1_GRACE_OVER
  [[nodiscard]] virtual r1_stats_snapshot stats() const = 0;
  [[nodiscard]] virtual bool idle() const = 0;  // nothing accepted is unfinished

  // The engine's thread.
  enum class Step { kWorked, kStopped, kDead };
  virtual Step step() = 0;                     // waits until there is something to do, then does it
  virtual void end_all(r1_status status) = 0;  // an ERROR for every unfinished request
  [[nodiscard]] virtual std::string death() const = 0;  // after kDead: why
};

}  // namespace r1
