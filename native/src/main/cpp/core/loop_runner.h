// The engine's side of a LoopBackend: which requests are unfinished, what becomes of their news,
// deadlines, drain, counters, and the backlog before a full ring. The backlog needs no bound of its
// own: it holds at most max_tokens of every accepted request.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/event_ring.h"
#include "core/events.h"
#include "core/loop_backend.h"
#include "core/rate.h"
#include "core/runner.h"

namespace r1 {

class LoopRunner final : public Runner, public LoopEvents {
 public:
  LoopRunner(LoopBackend &backend, const ModelCard &card, const Limits &limits, EventRing &ring);
  ~LoopRunner() override;

  Status submit(Request request) override;
  Status cancel(uint64_t id) override;
  void stop() override;
  void end_by(Clock::time_point grace) override;
  [[nodiscard]] r1_stats_snapshot stats() const override;
  [[nodiscard]] bool idle() const override;
  Step step() override;
  void end_all(r1_status status) override;
  [[nodiscard]] std::string death() const override;

  void emit(std::span<const News> news) noexcept override;
  void report(const LoopLoad &load) noexcept override;
  void fatal(std::string_view reason) noexcept override;

 private:
  struct Entry {
    Request request;
    Tally tally;
    bool with_backend = false;             // submit() of the backend has returned ok
    std::optional<uint16_t> cut;           // why it is being cancelled
    std::optional<uint16_t> ended_itself;  // an end token, a stop token or max_tokens came
    bool odd = false;                      // it got what no answer may have: it ends as ERROR
  };
  using Entries = std::unordered_map<uint64_t, Entry>;

  void take(Entries::iterator found, const News &news);
  void take_ids(Entry &entry, const News &news);
  void take_token(Entry &entry, const News &news, size_t index, std::span<const r1_top> tops);
  void finish(Entries::iterator entry, const End &end);
  void cut(Entry &entry, uint16_t reason, std::vector<uint64_t> &to_cancel);
  [[nodiscard]] Clock::time_point cut_late(Clock::time_point now, std::vector<uint64_t> &to_cancel);
  [[nodiscard]] bool fill_outgoing();

  LoopBackend &backend_;
  const ModelCard &card_;
  const Limits limits_;
  EventRing &ring_;
  std::vector<uint8_t> is_end_;

  // Guarded by mutex_.
  mutable std::mutex mutex_;
  std::condition_variable work_;
  Entries entries_;
  std::deque<r1_event> backlog_;
  std::vector<r1_event> scratch_;
  r1_stats_snapshot stats_{};
  std::optional<Clock::time_point> grace_;
  std::string death_;
  Clock::time_point last_news_;
  Rate rate_;
  bool recheck_ = false;  // a deadline came or went
  bool stopping_ = false;
  bool over_ = false;                // end_all() has begun
  std::vector<uint64_t> to_cancel_;  // found in emit(), where the backend must not be called

  std::vector<r1_event> outgoing_;  // the engine's thread only
};

}  // namespace r1
