#include "core/engine.h"

#include <pthread.h>

#include <algorithm>

#include "core/batch_backend.h"
#include "core/checks.h"
#include "core/describe.h"
#include "core/loop_backend.h"
#include "core/loop_runner.h"
#include "core/scheduler.h"
#include "core/utf8.h"

namespace r1 {
namespace {

constexpr float kHashingShare = 0.1F;      // of the loading progress
constexpr uint64_t kForEver = 1ULL << 50;  // µs: 35 years

Request request_of(const r1_request &asked) {
  Request request;
  request.id = asked.request_id;
  if (asked.stop_count > 0) {
    request.stops.assign(asked.stop_ids, asked.stop_ids + asked.stop_count);
  }
  request.max_tokens = asked.max_tokens;
  request.min_tokens = asked.min_tokens;
  request.priority = asked.priority;
  request.ignore_end = (asked.flags & R1_IGNORE_END) != 0;
  request.logprobs = (asked.flags & R1_LOGPROBS) != 0;
  request.top_logprobs = asked.top_logprobs;
  request.cache_salt = asked.cache_salt;
  request.sampling = {asked.temperature,
                      asked.top_p,
                      asked.min_p,
                      asked.top_k,
                      asked.seed,
                      asked.repetition_penalty == 0 ? 1 : asked.repetition_penalty,
                      asked.presence_penalty,
                      asked.frequency_penalty,
                      {}};
  if (asked.bias_count > 0) {
    request.sampling.bias.assign(asked.bias, asked.bias + asked.bias_count);
  }
  request.constraint.kind = asked.constraint_kind;
  request.constraint.text = asked.constraint == nullptr ? "" : asked.constraint;
  request.constraint.after_id = asked.constraint_after_id;
  request.constraint.may_end_first = (asked.flags & R1_MAY_END_FIRST) != 0;
  request.submitted = Clock::now();
  if (asked.deadline_us != 0 && asked.deadline_us < kForEver) {
    request.deadline = request.submitted + std::chrono::microseconds(asked.deadline_us);
  }
  return request;
}

}  // namespace

Engine::Engine(const r1_options &options, std::unique_ptr<Backend> backend)
    : model_path_(options.model_path),
      library_dir_(options.library_dir),
      backend_name_(options.backend),
      backend_json_(options.backend_json == nullptr ? "" : options.backend_json),
      sizes_(options),
      backend_(std::move(backend)),
      ring_(options.ring_events),
      thread_([this] { run(); }) {}

Engine::~Engine() {
  stopping_ = true;
  backend_->abort();
  if (loaded_) {
    runner_->stop();
  }
  ring_.close();
  thread_.join();
}

void Engine::run() {
  pthread_setname_np(pthread_self(), "r1-engine");
  try {
    const Status loaded = load();
    if (!loaded.ok()) {
      fail(loaded);
      return;
    }
    if (stopping_) {  // the destructor came before there was a scheduler to stop
      return;
    }
    serve();
  } catch (const std::exception &problem) {
    if (loaded_) {
      runner_->end_all(R1_FATAL);
    }
    fail(refuse(loaded_ ? R1_FATAL : R1_MODEL, problem.what()));
  }
}

bool Engine::report(float progress) {
  progress_ = progress;
  return !stopping_;
}

Status Engine::load() {
  Status status = digest_model(
      model_path_, [this](float done) { return report(done * kHashingShare); }, digest_);
  if (!status.ok()) {
    return status;
  }
  const LoadRequest request{model_path_,          library_dir_,          backend_json_,
                            sizes_.max_sequences, sizes_.context_tokens, sizes_.step_tokens,
                            threads_of(sizes_),   sizes_.flags,          sizes_.memory_bytes_max};
  status = backend_->load(
      request, [this](float done) { return report(kHashingShare + done * (1 - kHashingShare)); },
      card_);
  if (status.ok()) {
    status = index_pieces();
  }
  if (!status.ok()) {
    return status;
  }
  make_runner();
  loaded_ = true;
  enter(R1_READY);
  return {};
}

Status Engine::index_pieces() {
  const auto is_unknown = [this](int32_t id) {
    return id < 0 || static_cast<size_t>(id) >= card_.pieces.size();
  };
  if (std::any_of(card_.end_ids.begin(), card_.end_ids.end(), is_unknown)) {
    return refuse(R1_MODEL, "an end token of the model is outside its vocabulary");
  }
  if (card_.bos_id != -1 && is_unknown(card_.bos_id)) {
    return refuse(R1_MODEL, "the begin token of the model is outside its vocabulary");
  }
  if (card_.control.size() != card_.pieces.size() || card_.marker.size() != card_.pieces.size()) {
    return refuse(R1_MODEL, "not every token of the model is described");
  }
  for (size_t id = 0; id < card_.pieces.size(); id++) {
    if (card_.pieces[id].size() > R1_PIECE_BYTES_MAX) {
      return refuse(R1_MODEL, "token " + std::to_string(id) + " has more than 512 bytes");
    }
    if (card_.marker[id] != 0) {
      markers_.emplace(card_.pieces[id], static_cast<int32_t>(id));
    }
  }
  if (card_.end_ids.size() > R1_END_IDS_MAX) {
    return refuse(R1_MODEL, "the model has more than 16 end tokens");
  }
  if (backend_->as_batch() != nullptr && card_.step_tokens < sizes_.max_sequences) {
    return refuse(R1_MODEL, "the backend computes fewer tokens in a step than there are sequences");
  }
  return {};
}

void Engine::make_runner() {
  const Limits limits{sizes_.max_sequences, sizes_.max_waiting, sizes_.chunk_tokens,
                      (sizes_.flags & R1_PREFIX_CACHE) != 0};
  if (BatchBackend *batch = backend_->as_batch(); batch != nullptr) {
    runner_ = std::make_unique<Scheduler>(*batch, card_, limits, ring_);
  } else {
    runner_ = std::make_unique<LoopRunner>(*backend_->as_loop(), card_, limits, ring_);
  }
}

void Engine::serve() {
  for (;;) {
    switch (runner_->step()) {
      case Runner::Step::kWorked:
        settle_drain();
        break;
      case Runner::Step::kStopped:
        return;
      case Runner::Step::kDead:
        runner_->end_all(R1_FATAL);
        fail(refuse(R1_FATAL, runner_->death()));
        return;
    }
  }
}

void Engine::enter(int32_t phase) {
  {
    const std::lock_guard lock(mutex_);
    phase_ = phase;
  }
  progress_ = 1;
  changed_.notify_all();
}

void Engine::fail(const Status &why) {
  {
    const std::lock_guard lock(mutex_);
    phase_ = R1_FAILED;
    failed_ = why;
  }
  ring_.close();
  changed_.notify_all();
}

r1_state Engine::state(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, wait, [this] { return phase_ != R1_LOADING || woken_; });
  woken_ = false;
  return {phase_, failed_.code, progress_};
}

std::string Engine::failure() const {
  const std::lock_guard lock(mutex_);
  return failed_.reason;
}

Status Engine::require_loaded() const {
  return loaded_ ? Status{} : refuse(R1_STATE, "the model is not loaded");
}

Status Engine::model(r1_model &model) const {
  if (Status status = require_loaded(); !status.ok()) {
    return status;
  }
  model = describe({backend_name_, sizes_.max_sequences, card_, digest_, markers_});
  return {};
}

Status Engine::tokenize(std::string_view text, std::span<int32_t> ids, uint32_t &needed) const {
  if (Status status = require_loaded(); !status.ok()) {
    return status;
  }
  if ((card_.features & R1_CAN_TEXT) == 0) {
    return refuse(R1_UNSUPPORTED, "the backend has no tokenizer");
  }
  if (!is_utf8(text)) {
    return refuse(R1_INVALID, "the text is not UTF-8");
  }
  std::vector<int32_t> found;
  if (Status status = backend_->tokenize(text, found); !status.ok()) {
    return status;
  }
  needed = static_cast<uint32_t>(found.size());
  if (found.size() > ids.size()) {
    return refuse(R1_TOO_LARGE, "the text has " + std::to_string(found.size()) + " tokens");
  }
  std::copy(found.begin(), found.end(), ids.begin());
  return {};
}

Status Engine::detokenize(std::span<const int32_t> ids, std::span<uint8_t> text,
                          uint32_t &needed) const {
  if (Status status = require_loaded(); !status.ok()) {
    return status;
  }
  std::string joined;
  for (const int32_t id : ids) {
    if (id < 0 || static_cast<size_t>(id) >= card_.pieces.size()) {
      return refuse(R1_INVALID, "there is no token " + std::to_string(id));
    }
    joined += card_.pieces[static_cast<size_t>(id)];
  }
  needed = static_cast<uint32_t>(joined.size());
  if (joined.size() > text.size()) {
    return refuse(R1_TOO_LARGE, "the text has " + std::to_string(joined.size()) + " bytes");
  }
  std::copy(joined.begin(), joined.end(), text.begin());
  return {};
}

Status Engine::token_id(std::string_view piece, int32_t &id) const {
  if (Status status = require_loaded(); !status.ok()) {
    return status;
  }
  const auto found = markers_.find(std::string(piece));
  if (found == markers_.end()) {
    return {R1_NOT_FOUND, {}};
  }
  id = found->second;
  return {};
}

RequestLimits Engine::request_limits() const {
  return {card_.context_tokens, card_.kv_tokens, static_cast<int32_t>(card_.pieces.size()),
          card_.features};
}

Status Engine::read_prompt(const r1_request &asked, std::vector<int32_t> &prompt) const {
  if (asked.prompt_ids != nullptr) {
    prompt.assign(asked.prompt_ids, asked.prompt_ids + asked.prompt_count);
    return {};
  }
  const std::string_view text(reinterpret_cast<const char *>(asked.prompt_text),
                              asked.prompt_bytes);
  if (!is_utf8(text)) {
    return refuse(R1_INVALID, "the prompt is not UTF-8");
  }
  Status status = backend_->tokenize(text, prompt);
  if (status.ok() && card_.bos_id >= 0) {
    prompt.insert(prompt.begin(), card_.bos_id);
  }
  return status;
}

Status Engine::submit(const r1_request &asked) {
  Status status = require_loaded();
  if (status.ok()) {
    status = check_request(asked, request_limits());
  }
  Request request = status.ok() ? request_of(asked) : Request{};
  if (status.ok()) {
    status = read_prompt(asked, request.prompt);
  }
  if (status.ok()) {
    status = check_prompt(request.prompt, asked, request_limits());
  }
  if (!status.ok()) {
    return status;
  }
  {
    const std::lock_guard lock(mutex_);
    if (phase_ != R1_READY) {
      return refuse(R1_STATE, "the engine takes no new requests");
    }
    submitting_++;
  }
  const struct Submitted {
    Engine &engine;
    ~Submitted() {
      engine.submitting_--;
      engine.settle_drain();  // which may have waited for this submit alone
    }
  } submitted{*this};
  return runner_->submit(std::move(request));
}

Status Engine::cancel(uint64_t id) {
  if (Status status = require_loaded(); !status.ok()) {
    return status;
  }
  return runner_->cancel(id);
}

bool Engine::has_failed() const {
  const std::lock_guard lock(mutex_);
  return phase_ == R1_FAILED;
}

Status Engine::poll(std::span<r1_event> events, std::chrono::milliseconds timeout,
                    uint32_t &count) {
  if (polling_.exchange(true)) {
    return refuse(R1_STATE, "another thread polls");
  }
  count = static_cast<uint32_t>(ring_.take(events, timeout));
  const bool failed = has_failed();  // then all events are in the ring
  if (count == 0 && failed) {        // they may have come since it was found empty
    count = static_cast<uint32_t>(ring_.take(events, std::chrono::milliseconds{0}));
  }
  polling_ = false;
  const std::lock_guard lock(mutex_);
  if (count > 0) {
    for (r1_event &event : events.first(count)) {
      event.flags = event.kind == R1_EVENT_STATS ? static_cast<uint16_t>(phase_) : event.flags;
    }
    return {};
  }
  return failed ? refuse(R1_FATAL, failed_.reason) : Status{R1_TIMEOUT, {}};
}

void Engine::wake() {
  ring_.wake();
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_all();
}

Status Engine::stats(r1_stats_snapshot &stats) const {
  if (Status status = require_loaded(); !status.ok()) {
    return status;
  }
  stats = runner_->stats();
  return {};
}

Status Engine::drain(std::chrono::microseconds grace) {
  {
    const std::lock_guard lock(mutex_);
    if (phase_ == R1_LOADING || phase_ == R1_FAILED) {
      return refuse(R1_STATE, "there is nothing to drain");
    }
    if (phase_ == R1_READY) {
      phase_ = R1_DRAINING;
    }
  }
  if (grace.count() > 0 && grace.count() < static_cast<int64_t>(kForEver)) {
    runner_->end_by(Clock::now() + grace);
  }
  settle_drain();
  return {};
}

void Engine::settle_drain() {
  const std::lock_guard lock(mutex_);
  if (phase_ == R1_DRAINING && submitting_ == 0 && runner_->idle()) {
    phase_ = R1_DRAINED;
  }
}

}  // namespace r1
