// TensorRT-LLM: JNI → CPython in this process → tensorrt_llm.LLM, with the ranks in processes of
// their own. One engine per process, for CPython cannot start again.
#pragma once

#include <atomic>
#include <memory>
#include <thread>

#include "core/loop_backend.h"
#include "trtllm/session.h"

namespace r1::trtllm {

class TrtllmBackend final : public LoopBackend {
 public:
  ~TrtllmBackend() override;

  Status load(const LoadRequest &request, const std::function<bool(float)> &progress,
              ModelCard &card) override;
  [[nodiscard]] Status tokenize(std::string_view text, std::vector<int32_t> &ids) const override;
  void abort() noexcept override { aborted_ = true; }

  void start(LoopEvents &events) override;
  Status submit(const Request &request) override;
  void cancel(uint64_t request_id) noexcept override;
  void stop() noexcept override;
  [[nodiscard]] std::chrono::milliseconds stall_limit() const override {
    return loaded_.stall_limit;
  }

 private:
  std::atomic<bool> aborted_ = false;
  Loaded loaded_;
  std::shared_ptr<Session> session_;  // from load on
  std::thread driver_;
};

}  // namespace r1::trtllm
