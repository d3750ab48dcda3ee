// One engine: its phases, its thread, and what the C ABI asks of it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

#include "core/backend.h"
#include "core/checks.h"
#include "core/event_ring.h"
#include "core/runner.h"
#include "core/sha256.h"
#include "core/status.h"
#include "r1_engine.h"

namespace r1 {

class Engine {
 public:
  // Checked options; they are copied.
  Engine(const r1_options &options, std::unique_ptr<Backend> backend);
  ~Engine();
  Engine(const Engine &) = delete;
  Engine &operator=(const Engine &) = delete;

  r1_state state(std::chrono::milliseconds wait);
  Status model(r1_model &model) const;
  Status tokenize(std::string_view text, std::span<int32_t> ids, uint32_t &needed) const;
  Status detokenize(std::span<const int32_t> ids, std::span<uint8_t> text, uint32_t &needed) const;
  Status token_id(std::string_view piece, int32_t &id) const;
  Status submit(const r1_request &request);
  Status cancel(uint64_t id);
  [[nodiscard]] bool has_failed() const;
  Status poll(std::span<r1_event> events, std::chrono::milliseconds timeout, uint32_t &count);
  void wake();
  Status stats(r1_stats_snapshot &stats) const;
  Status drain(std::chrono::microseconds grace);
  [[nodiscard]] std::string failure() const;

 private:
  void run();
  Status load();
  Status index_pieces();
  void make_runner();
  void serve();
  void enter(int32_t phase);
  void fail(const Status &why);
  void settle_drain();
  [[nodiscard]] bool report(float progress);
  [[nodiscard]] Status require_loaded() const;
  [[nodiscard]] RequestLimits request_limits() const;
  Status read_prompt(const r1_request &asked, std::vector<int32_t> &prompt) const;

  const std::string model_path_;
  const std::string library_dir_;
  const std::string backend_name_;
  const std::string backend_json_;
  const r1_options sizes_;
  const std::unique_ptr<Backend> backend_;
  EventRing ring_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> polling_ = false;
  std::atomic<float> progress_ = 0;
  std::atomic<uint32_t> submitting_ = 0;  // submits between the phase's check and the runner

  mutable std::mutex mutex_;  // phase_, status_
  std::condition_variable changed_;
  int32_t phase_ = R1_LOADING;
  Status failed_;
  bool woken_ = false;

  // Written while LOADING, constant from READY on.
  std::atomic<bool> loaded_ = false;
  ModelCard card_;
  FileDigest digest_;
  std::unordered_map<std::string, int32_t> markers_;
  std::unique_ptr<Runner> runner_;

  std::thread thread_;
};

}  // namespace r1

struct r1_engine {
  r1_engine(const r1_options &options, std::unique_ptr<r1::Backend> backend)
      : engine(options, std::move(backend)) {}

  r1::Engine engine;
};
