#include "trtllm/trtllm_backend.h"

#include <pthread.h>

#include "trtllm/interpreter.h"
#include "trtllm/native_module.h"

namespace r1::trtllm {
namespace {

// Whether this process has or had an engine: Python cannot start twice.
std::atomic<bool> taken = false;

// Calls r1_trtllm.run(_r1native), which returns when it was told to stop.
bool run_driver() {
  const Ref native(PyImport_ImportModule("_r1native"));
  const Ref module(native ? PyImport_ImportModule("r1_trtllm") : nullptr);
  const Ref done(module ? PyObject_CallMethod(module.get(), "run", "O", native.get()) : nullptr);
  if (!done && PyErr_ExceptionMatches(PyExc_SystemExit) != 0) {
    PyErr_Clear();  // printed, it would end this process
  } else if (!done) {
    PyErr_Print();
  }
  return static_cast<bool>(done);
}

// The driver's thread: Python's main one. It leaves the interpreter as it is, never ended.
void drive(const std::shared_ptr<Session> &session) {
  pthread_setname_np(pthread_self(), "r1-trtllm");
  const Status started = start_interpreter(session->wanted().library_dir + "/r1_trtllm.zip");
  if (!started.ok()) {
    session->refused(started);
    session->ended();
    return;
  }
  bind_native_module(session);
  if (!run_driver()) {
    session->refused(refuse(R1_MODEL, "the driver does not start; Python has printed why"));
  }
  session->ended();
  PyEval_SaveThread();
}

}  // namespace

TrtllmBackend::~TrtllmBackend() { stop(); }

Status TrtllmBackend::load(const LoadRequest &request, const std::function<bool(float)> &progress,
                           ModelCard &card) {
  session_ = std::make_shared<Session>(request);
  driver_ = std::thread(drive, session_);
  const auto told = [&](float share) { return progress(share) && !aborted_; };
  if (Status status = session_->await_loaded(told, loaded_); !status.ok()) {
    return status;
  }
  card = loaded_.card;
  return {};
}

Status TrtllmBackend::tokenize(std::string_view text, std::vector<int32_t> &ids) const {
  return session_->encode(text, ids);
}

void TrtllmBackend::start(LoopEvents &events) { session_->listen(&events); }

Status TrtllmBackend::submit(const Request &request) {
  const size_t longest = loaded_.prompt_tokens_max;
  if (longest != 0 && request.prompt.size() > longest) {
    return refuse(R1_TOO_LARGE, "without chunked prefill a prompt has at most max_num_tokens, " +
                                    std::to_string(longest));
  }
  if (request.cells() > loaded_.request_tokens_max) {
    return refuse(R1_TOO_LARGE, "the cache of a rank holds " +
                                    std::to_string(loaded_.request_tokens_max) + " tokens");
  }
  if (request.min_tokens > 0 && !request.stops.empty()) {
    return refuse(R1_UNSUPPORTED, "TensorRT-LLM has no min_tokens together with stop ids");
  }
  session_->commands().give(request);
  return {};
}

void TrtllmBackend::cancel(uint64_t request_id) noexcept {
  session_->commands().give(Cancel{request_id});
}

void TrtllmBackend::stop() noexcept {
  if (!driver_.joinable()) {
    return;
  }
  session_->listen(nullptr);
  session_->commands().give(Stop{});
  // What hangs in TensorRT-LLM cannot be ended from here; it goes with the process.
  if (session_->await_end(loaded_.stop_limit)) {
    driver_.join();
  } else {
    driver_.detach();
  }
}

}  // namespace r1::trtllm

extern "C" __attribute__((visibility("default"))) void r1_make_backend(
    std::unique_ptr<r1::Backend> *backend) {
  if (!r1::trtllm::taken.exchange(true)) {
    *backend = std::make_unique<r1::trtllm::TrtllmBackend>();
  }
}
