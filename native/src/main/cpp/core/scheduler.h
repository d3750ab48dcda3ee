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
#include "core/event_ring.h"
#include "core/sampler.h"
#include "core/status.h"
#include "r1_engine.h"

namespace r1 {

using Clock = std::chrono::steady_clock;

// A request as the engine keeps it.
struct Request {
  uint64_t id = 0;
  std::vector<int32_t> prompt;
  std::vector<int32_t> stops;
  uint32_t max_tokens = 0;
  uint32_t min_tokens = 0;
  int32_t priority = 0;
  bool ignore_end = false;
  uint64_t cache_salt = 0;
  Sampling sampling;
  Clock::time_point submitted;
  std::optional<Clock::time_point> deadline;

  [[nodiscard]] uint64_t cells() const { return prompt.size() + max_tokens; }
};

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
  // A place for one sequence. Its cells stay after the request ends, for requests of equal salt.
  struct Slot {
    std::optional<Request> request;
    std::vector<int32_t> cells;  // ids in the cache, by position
    uint64_t salt = 0;
    uint64_t last_used = 0;
    uint32_t cached = 0;
    uint32_t produced = 0;
    uint64_t hash = 0;
    int32_t next = -1;  // sampled, not yet in the cache
    Clock::time_point started;
    Clock::time_point first_token;

    [[nodiscard]] bool prefilling() const { return cells.size() < request->prompt.size(); }
  };
  struct Output {
    size_t batch_index;
    uint32_t slot;
  };

  [[nodiscard]] size_t events_of_a_step() const;
  bool wait_for_work(std::unique_lock<std::mutex> &lock);
  void apply_ends(Clock::time_point now);
  [[nodiscard]] std::optional<uint16_t> end_of(const Request &request, Clock::time_point now) const;
  void admit(Clock::time_point now);
  [[nodiscard]] std::optional<uint32_t> slot_for(const Request &request) const;
  [[nodiscard]] uint64_t reserved_cells() const;
  void evict_for(uint64_t cells, uint32_t keep);
  void start(uint32_t index, Request request, Clock::time_point now);
  void clear(uint32_t index);
  void fill_batch();
  void add_chunk(uint32_t index, size_t tokens);
  void consume(const Output &output);
  void take_token(uint32_t index, int32_t id);
  void emit_token(const Slot &slot, int32_t id, uint16_t flags);
  void finish(uint32_t index, uint16_t kind, uint16_t reason, r1_status status);
  void fail_batch();
  [[nodiscard]] r1_event last_event(const Request &request, uint16_t kind, uint16_t reason,
                                    r1_status status) const;
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
  std::vector<Slot> slots_;
  std::vector<BatchToken> batch_;
  std::vector<Output> outputs_;
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
