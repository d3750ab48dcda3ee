#include "core/checks.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include "core/backend.h"
#include "core/utf8.h"

namespace r1 {
namespace {

constexpr uint32_t kLlamaSequencesMax = 240;  // llama.cpp has 256 ids
constexpr uint32_t kSequencesMax = 8192;
constexpr uint32_t kContextMax = INT32_MAX / kLlamaSequencesMax;
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
  if (options.backend_json != nullptr &&
      strnlen(options.backend_json, R1_JSON_BYTES_MAX + 1) > R1_JSON_BYTES_MAX) {
    return refuse(R1_INVALID, "backend_json has at most 64 KiB");
  }
  constexpr uint32_t kFlags = R1_PREFIX_CACHE | R1_FLASH_ATTENTION | R1_ALLOW_SIMULATED;
  if ((options.flags & ~kFlags) != 0) {
    return refuse(R1_UNSUPPORTED, "a flag is unknown");
  }
  if (options.backend == std::string_view(kSimulated) &&
      (options.flags & R1_ALLOW_SIMULATED) == 0) {
    return refuse(R1_UNSUPPORTED, "backend sim only simulates: it must be allowed explicitly");
  }
  const uint32_t sequences = options.max_sequences;
  const uint32_t sequences_max =
      std::string_view(options.backend) == "llamacpp" ? kLlamaSequencesMax : kSequencesMax;
  if (sequences < 1 || sequences > sequences_max) {
    return out_of("max_sequences", sequences, 1, sequences_max);
  }
  if (options.max_waiting > kWaitingMax) {
    return out_of("max_waiting", options.max_waiting, 0, kWaitingMax);
  }
  if (options.context_tokens > kContextMax) {
    return out_of("context_tokens", options.context_tokens, 0, kContextMax);
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
  const uint32_t ring_min = R1_EVENTS_PER_TOKEN_MAX * sequences + options.max_waiting + 1;
  if (options.ring_events < ring_min || options.ring_events > kRingEventsMax) {
    return out_of("ring_events", options.ring_events, ring_min, kRingEventsMax);
  }
  return {};
}

namespace {

bool within(float value, float min, float max) { return value >= min && value <= max; }  // no NaN

Status check_sampling(const r1_request &request) {
  if (!within(request.temperature, 0, 100) || !within(request.top_p, 0, 1) || request.top_p == 0 ||
      !within(request.min_p, 0, 1) || request.top_k < 0) {
    return refuse(R1_INVALID,
                  "temperature is 0 to 100, top_p above 0 to 1, min_p 0 to 1, top_k >= 0");
  }
  if (!within(request.repetition_penalty, 0, 10) || !within(request.presence_penalty, -2, 2) ||
      !within(request.frequency_penalty, -2, 2)) {
    return refuse(R1_INVALID,
                  "repetition_penalty is 0 to 10, presence and frequency penalty are -2 to 2");
  }
  const bool logprobs = (request.flags & R1_LOGPROBS) != 0;
  if (request.top_logprobs > (logprobs ? R1_TOP_LOGPROBS_MAX : 0)) {
    return refuse(R1_INVALID, "top_logprobs are at most 20, and only with R1_LOGPROBS");
  }
  return {};
}

Status check_ids(const r1_request &request, int32_t vocabulary_size) {
  const auto is_unknown = [&](int32_t id) { return id < 0 || id >= vocabulary_size; };
  if (request.stop_count > R1_STOP_IDS_MAX ||
      (request.stop_count > 0 && request.stop_ids == nullptr)) {
    return refuse(R1_INVALID, "a request has at most 16 stop ids");
  }
  const std::span stops(request.stop_ids, request.stop_count);
  if (std::any_of(stops.begin(), stops.end(), is_unknown)) {
    return refuse(R1_INVALID, "a stop id is outside the vocabulary");
  }
  if (request.bias_count > R1_BIAS_MAX || (request.bias_count > 0 && request.bias == nullptr)) {
    return refuse(R1_INVALID, "a request has at most 300 biases");
  }
  for (const r1_bias &bias : std::span(request.bias, request.bias_count)) {
    // -infinity bans; NaN and +infinity mean nothing.
    if (is_unknown(bias.id) || !(bias.bias <= 1000)) {
      return refuse(R1_INVALID, "a bias has an id of the vocabulary and a value up to 1000");
    }
  }
  if (request.constraint_after_id < -1 || request.constraint_after_id >= vocabulary_size) {
    return refuse(R1_INVALID, "constraint_after_id is -1 or an id of the vocabulary");
  }
  return {};
}

Status check_constraint(const r1_request &request) {
  if (request.constraint_kind > R1_GRAMMAR) {
    return refuse(R1_INVALID, "the kind of constraint is unknown");
  }
  const bool takes_text = request.constraint_kind > R1_JSON_OBJECT;
  if (takes_text != (request.constraint != nullptr)) {
    return refuse(R1_INVALID, "a schema, regex or grammar needs a text, nothing else has one");
  }
  if (takes_text &&
      strnlen(request.constraint, R1_CONSTRAINT_BYTES_MAX + 1) > R1_CONSTRAINT_BYTES_MAX) {
    return refuse(R1_TOO_LARGE, "a constraint has at most 64 KiB");
  }
  if (takes_text && !is_utf8(request.constraint)) {
    return refuse(R1_INVALID, "the constraint is not UTF-8");
  }
  return {};
}

// The features a request needs.
uint32_t needed_features(const r1_request &request) {
  constexpr uint32_t kOfKind[] = {0, R1_CAN_JSON_OBJECT, R1_CAN_JSON_SCHEMA, R1_CAN_REGEX,
                                  R1_CAN_GRAMMAR};
  const bool penalties = (request.repetition_penalty != 0 && request.repetition_penalty != 1) ||
                         request.presence_penalty != 0 || request.frequency_penalty != 0;
  uint32_t needed = kOfKind[request.constraint_kind];
  const auto need = [&](bool wanted, uint32_t feature) { needed |= wanted ? feature : 0; };
  need((request.flags & R1_LOGPROBS) != 0, R1_CAN_LOGPROBS);
  need(penalties, R1_CAN_PENALTIES);
  need(request.bias_count > 0, R1_CAN_BIAS);
  need(request.min_tokens > 0, R1_CAN_MIN_TOKENS);
  need(request.min_p > 0, R1_CAN_MIN_P);
  need(request.prompt_text != nullptr, R1_CAN_TEXT);
  need((request.flags & R1_MAY_END_FIRST) != 0, R1_CAN_END_FIRST);
  return needed;
}

}  // namespace

Status check_request(const r1_request &request, const RequestLimits &limits) {
  const bool has_ids = request.prompt_ids != nullptr;
  if (request.request_id == 0 || has_ids == (request.prompt_text != nullptr)) {
    return refuse(R1_INVALID, "a request has an id other than 0, and a prompt of ids or of text");
  }
  if (request.prompt_bytes > R1_TEXT_BYTES_MAX) {
    return refuse(R1_TOO_LARGE, "a text has at most 2 MiB");
  }
  const auto known = static_cast<uint32_t>(R1_IGNORE_END | R1_LOGPROBS | R1_MAY_END_FIRST);
  if ((request.flags & ~known) != 0) {
    return refuse(R1_UNSUPPORTED, "a flag is unknown");
  }
  if (request.max_tokens == 0 || request.min_tokens > request.max_tokens) {
    return refuse(R1_INVALID, "max_tokens must be at least 1, and min_tokens not more");
  }
  for (const Status &status : {check_sampling(request), check_ids(request, limits.vocabulary_size),
                               check_constraint(request)}) {
    if (!status.ok()) {
      return status;
    }
  }
  if ((needed_features(request) & ~limits.features) != 0) {
    return refuse(R1_UNSUPPORTED, "the backend lacks what the request asks; see r1_model.features");
  }
  return {};
}

Status check_prompt(std::span<const int32_t> prompt, const r1_request &request,
                    const RequestLimits &limits) {
  if (prompt.empty()) {
    return refuse(R1_INVALID, "a prompt has at least one token");
  }
  const uint64_t tokens = prompt.size() + request.max_tokens;
  if (tokens > limits.context_tokens) {
    return refuse(R1_TOO_LARGE, "prompt and max_tokens are " + std::to_string(tokens) +
                                    " tokens, the context has " +
                                    std::to_string(limits.context_tokens));
  }
  if (limits.kv_tokens > 0 && tokens > limits.kv_tokens) {
    return refuse(R1_TOO_LARGE, "prompt and max_tokens are " + std::to_string(tokens) +
                                    " tokens, the cache holds " + std::to_string(limits.kv_tokens));
  }
  if (std::any_of(prompt.begin(), prompt.end(),
                  [&](int32_t id) { return id < 0 || id >= limits.vocabulary_size; })) {
    return refuse(R1_INVALID, "a prompt id is outside the vocabulary");
  }
  return {};
}

}  // namespace r1
