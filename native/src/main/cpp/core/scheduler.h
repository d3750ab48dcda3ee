// Continuous batching: which request runs in which slot, and what each step computes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/backend.h"
#include "core/batch.h"
#include "core/event_ring.h"
#include "core/events.h"
#include "core/request.h"
#include "core/sampler.h"
#include "core/slots.h"
#include "core/status.h"
#include "r1_engine.h"

namespace r1 {

struct Limits {
  uint32_t max_sequences;
  uint32_t max_waiting;
  uint32_t chunk_tokens;
};

class Scheduler {
 public:
  Scheduler(Backend &backend, const ModelCard &card, const Limits &limits, EventRing &ring);

  // Any thread.
  Status submit(Request request);
  Status cancel(uint64_t id);
  void stop();  // the engine's thread leaves its waits; nothing more is computed
  [[nodiscard]] r1_stats_snapshot stats() const;
  [[nodiscard]] bool idle() const;  // nothing accepted is unfinished

  // The engine's thread.
  enum class Step { kWorked, kStopped, kDead };
  Step step();                     // waits until there is something to do, then does one step
  void end_all(r1_status status);  // an ERROR for every unfinished request

 private:
  [[nodiscard]] size_t events_of_a_step() const;
  bool wait_for_work(std::unique_lock<std::mutex> &lock);
  void apply_ends(Clock::time_point now);
  [[nodiscard]] std::optional<uint16_t> end_of(const Request &request, Clock::time_point now) const;
  void admit(Clock::time_point now);
  void consume(const Batch::Output &output);
  void take_token(uint32_t index, int32_t id);
  void finish(uint32_t index, const End &end);
  void fail_batch();
  void count_requests();
  void publish();

  Backend &backend_;
  const ModelCard &card_;
  const Limits limits_;
  EventRing &ring_;
  size_t events_per_token_ = 1;
  std::vector<uint8_t> is_end_;

  // Guarded by mutex_.
  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::vector<Request> waiting_;                 // in the order they start
  std::unordered_map<uint64_t, bool> accepted_;  // unfinished requests; true = to be cancelled
  r1_stats_snapshot stats_{};
  bool cancels_ = false;
  bool stopping_ = false;

  // The engine's thread only.
  Slots slots_;
  Batch batch_;
  std::vector<r1_event> events_;
  std::vector<uint64_t> ended_;
  std::vector<int32_t> banned_;
  Sampler sampler_;
  uint64_t steps_ = 0;
  uint64_t new_prompt_ = 0;
  uint64_t new_cached_ = 0;
  uint64_t new_output_ = 0;
};

}  // namespace r1
