#include "core/checks.h"

#include <algorithm>
#include <span>
#include <string>
#include <thread>

namespace r1 {
namespace {

constexpr uint32_t kSequencesMax = 240;
constexpr uint32_t kWaitingMax = 4096;
constexpr uint32_t kStepTokensMax = 8192;
constexpr uint32_t kRingEventsMax = 1U << 20;

uint32_t cores() { return std::max(1U, std::thread::hardware_concurrency()); }

Status out_of(const char *name, uint32_t value, uint32_t min, uint32_t max) {
  return refuse(R1_INVALID, std::string(name) + " must be " + std::to_string(min) + " to " +
                                std::to_string(max) + ", is " + std::to_string(value));
}

}  // namespace

uint32_t threads_of(const r1_options &options) {
  return options.threads != 0 ? options.threads : std::max(1U, cores() - 1);
}

Status check_options(const r1_options &options) {
  if (options.backend == nullptr || options.model_path == nullptr ||
      options.library_dir == nullptr) {
    return refuse(R1_INVALID, "backend, model_path and library_dir must be set");
  }
  const uint32_t sequences = options.max_sequences;
  if (sequences < 1 || sequences > kSequencesMax) {
    return out_of("max_sequences", sequences, 1, kSequencesMax);
  }
  if (options.max_waiting > kWaitingMax) {
    return out_of("max_waiting", options.max_waiting, 0, kWaitingMax);
  }
  if (options.context_tokens > INT32_MAX / kSequencesMax) {
    return out_of("context_tokens", options.context_tokens, 0, INT32_MAX / kSequencesMax);
  }
  if (options.step_tokens < sequences || options.step_tokens > kStepTokensMax) {
    return out_of("step_tokens", options.step_tokens, sequences, kStepTokensMax);
  }
  if (options.chunk_tokens < 1 || options.chunk_tokens > options.step_tokens) {
    return out_of("chunk_tokens", options.chunk_tokens, 1, options.step_tokens);
  }
  if (options.threads > cores()) {
    return out_of("threads", options.threads, 0, cores());
  }
  const uint32_t ring_min = R1_EVENTS_PER_TOKEN_MAX * sequences + options.max_waiting;
  if (options.ring_events < ring_min || options.ring_events > kRingEventsMax) {
    return out_of("ring_events", options.ring_events, ring_min, kRingEventsMax);
  }
  return {};
}

Status check_request(const r1_request &request, uint64_t context_tokens, int32_t vocabulary_size) {
  if (request.request_id == 0 || request.prompt_ids == nullptr || request.prompt_count == 0) {
    return refuse(R1_INVALID, "a request has an id other than 0 and a prompt");
  }
  if ((request.flags & ~static_cast<uint32_t>(R1_IGNORE_END)) != 0) {
    return refuse(R1_UNSUPPORTED, "a flag is unknown");
  }
  if (request.stop_count > R1_STOP_IDS_MAX ||
      (request.stop_count > 0 && request.stop_ids == nullptr)) {
    return refuse(R1_INVALID, "a request has at most 16 stop ids");
  }
  if (request.max_tokens == 0 || request.min_tokens > request.max_tokens) {
    return refuse(R1_INVALID, "max_tokens must be at least 1, and min_tokens not more");
  }
  if (!(request.temperature >= 0 && request.temperature <= 100) ||
      !(request.top_p > 0 && request.top_p <= 1) || !(request.min_p >= 0 && request.min_p <= 1) ||
      request.top_k < 0) {
    return refuse(R1_INVALID,
                  "temperature is 0 to 100, top_p above 0 to 1, min_p 0 to 1, top_k >= 0");
  }
  const uint64_t tokens = uint64_t{request.prompt_count} + request.max_tokens;
  if (tokens > context_tokens) {
    return refuse(R1_TOO_LARGE, "prompt and max_tokens are " + std::to_string(tokens) +
                                    " tokens, the context has " + std::to_string(context_tokens));
  }
  const std::span prompt(request.prompt_ids, request.prompt_count);
  if (std::any_of(prompt.begin(), prompt.end(),
                  [&](int32_t id) { return id < 0 || id >= vocabulary_size; })) {
    return refuse(R1_INVALID, "a prompt id is outside the vocabulary");
  }
  return {};
}

}  // namespace r1
