// Continuous batching: which request runs in which slot, and what each step computes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/batch.h"
#include "core/batch_backend.h"
#include "core/event_ring.h"
#include "core/events.h"
#include "core/logprobs.h"
#include "core/rate.h"
#include "core/request.h"
#include "core/runner.h"
#include "core/sampler.h"
#include "core/slots.h"
#include "core/status.h"
#include "r1_engine.h"

namespace r1 {

class Scheduler final : public Runner {
 public:
  Scheduler(BatchBackend &backend, const ModelCard &card, const Limits &limits, EventRing &ring);

  Status submit(Request request) override;
  Status cancel(uint64_t id) override;
  void stop() override;
  void end_by(Clock::time_point grace) override;
  [[nodiscard]] r1_stats_snapshot stats() const override;
  [[nodiscard]] bool idle() const override;
  Step step() override;
  void end_all(r1_status status) override;
  [[nodiscard]] std::string death() const override;

 private:
  [[nodiscard]] size_t events_of_a_step() const;
  bool wait_for_work(std::unique_lock<std::mutex> &lock);
  void apply_ends(Clock::time_point now);
  [[nodiscard]] std::optional<uint16_t> end_of(const Request &request, Clock::time_point now) const;
  void admit(Clock::time_point now);
  void start(const Placement &placement, Request request, Clock::time_point now);
  void consume(const Batch::Output &output);
  void begin_choice(Slot &slot);
  void end_unsaid(uint32_t index);
  void take_token(uint32_t index, int32_t id, std::span<const float> logits);
  void finish(uint32_t index, const End &end);
  void fail_batch();
  void count_requests();
  void append_stats(Clock::time_point now);
  void publish();

  BatchBackend &backend_;
  const ModelCard &card_;
  const Limits limits_;
  EventRing &ring_;
  size_t events_per_token_ = 1;
  std::vector<uint8_t> is_end_;
  const FilteredVocabulary vocabulary_;

  // Guarded by mutex_.
  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::vector<Request> waiting_;                 // in the order they start
  std::unordered_map<uint64_t, bool> accepted_;  // unfinished requests; true = to be cancelled
  r1_stats_snapshot stats_{};
  std::optional<Clock::time_point> grace_;  // what is unfinished then ends
  bool cancels_ = false;
  bool stopping_ = false;

  // The engine's thread only.
  Slots slots_;
  Batch batch_;
  std::vector<r1_event> events_;
  std::vector<uint64_t> ended_;
  std::vector<int32_t> banned_;
  Sampler sampler_;
  Logprobs logprobs_;
  Rate rate_;
  uint64_t steps_ = 0;
  uint64_t new_prompt_ = 0;
  uint64_t new_asked_ = 0;
  uint64_t new_cached_ = 0;
  uint64_t new_output_ = 0;
  uint64_t new_failed_ = 0;
};

}  // namespace r1
