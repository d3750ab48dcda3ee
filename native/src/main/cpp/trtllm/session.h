// What the backend and the driver's thread share. The driver's thread may outlive the backend, if
// TensorRT-LLM does not let go of it: then it holds the last reference.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/loop_backend.h"
#include "core/status.h"
#include "trtllm/commands.h"
#include "trtllm/python.h"

namespace r1::trtllm {

// The driver's answer to load.
struct Loaded {
  ModelCard card;
  uint32_t prompt_tokens_max = 0;   // 0 = as the context allows
  uint64_t request_tokens_max = 0;  // prompt and output together
  std::chrono::milliseconds stall_limit{60000};
  std::chrono::milliseconds stop_limit{1000};  // so short before: nothing stops LLM(...)
};

class Session {
 public:
  explicit Session(LoadRequest wanted) : wanted_(std::move(wanted)) {}

  // The driver, under the Gil.
  [[nodiscard]] const LoadRequest &wanted() const { return wanted_; }
  [[nodiscard]] Commands &commands() { return commands_; }
  void progress(float share);
  void loaded(Loaded loaded, Ref encode);
  void refused(Status why);
  void emit(std::span<const News> news);
  void report(const LoopLoad &load);
  void fatal(const std::string &reason);
  void ended();  // its last word

  // The backend.
  // Waits for loaded() or refused(); tells of progress, and gives up where that is not wanted.
  Status await_loaded(const std::function<bool(float)> &told, Loaded &loaded);
  Status encode(std::string_view text, std::vector<int32_t> &ids) const;
  void listen(LoopEvents *events);  // NULL: nothing is told after this returns
  [[nodiscard]] bool await_end(std::chrono::milliseconds longest);

 private:
  const LoadRequest wanted_;
  Commands commands_;

  std::mutex mutex_;
  std::condition_variable changed_;
  float progress_ = 0;
  std::optional<Status> answer_;
  Loaded loaded_;
  bool ended_ = false;

  std::mutex telling_;
  LoopEvents *events_ = nullptr;
  std::string death_;  // if it came while nobody listened

  PyObject *encode_ = nullptr;  // kept for good, as the interpreter is
};

}  // namespace r1::trtllm
