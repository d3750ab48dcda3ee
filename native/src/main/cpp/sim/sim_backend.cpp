#include "sim/sim_backend.h"

#include <algorithm>

#include "core/events.h"
#include "core/sampler.h"

namespace r1::sim {
namespace {

constexpr int kVersion = 1;  // raised when the same request gives other tokens
constexpr uint32_t kContextTokens = 163'840;

}  // namespace

Status SimBackend::load(const LoadRequest &request, const std::function<bool(float)> &progress,
                        ModelCard &card) {
  if (Status status = read_settings(request.model_path, request.backend_json, settings_);
      !status.ok()) {
    return status;
  }
  progress(1);
  vocabulary_.describe(card);
  card.name = "sim-" + request.model_path;
  card.architecture = "sim";
  card.backend_version = std::to_string(kVersion);
  card.simulated = true;
  card.features = R1_CAN_TEXT | R1_CAN_MIN_TOKENS;
  card.context_tokens = request.context_tokens == 0
                            ? kContextTokens
                            : std::min(request.context_tokens, kContextTokens);
  card.step_tokens = request.step_tokens;
  card.kv_tokens = settings_.preset->kv_tokens;
  scripts_.resize(request.max_sequences);
  return {};
}

Status SimBackend::tokenize(std::string_view text, std::vector<int32_t> &ids) const {
  vocabulary_.tokenize(text, ids);
  return {};
}

// What the user asked last, or the whole prompt if no marker tells.
std::vector<int32_t> SimBackend::question_of(const std::vector<int32_t> &prompt) const {
  const auto user = std::find(prompt.rbegin(), prompt.rend(), vocabulary_.marker("<｜User｜>"));
  const auto begin = user == prompt.rend() ? prompt.begin() : user.base();
  return {begin, std::find(begin, prompt.end(), vocabulary_.marker("<｜Assistant｜>"))};
}

void SimBackend::begin(uint32_t slot, const Request &request) {
  uint64_t hash = kNoIdsHash ^ request.sampling.seed;
  for (const int32_t id : request.prompt) {
    hash = ids_hash(hash, id);
  }
  Script &script = scripts_[slot];
  script = {};
  script.prompt_tokens = static_cast<uint32_t>(request.prompt.size());
  script.min_tokens = request.min_tokens;
  script.ignores_end = request.ignore_end;
  script.hash = hash;
  const auto tail = request.prompt.end() - std::min<std::ptrdiff_t>(4, std::ssize(request.prompt));
  const int32_t open = vocabulary_.marker("<think>");
  if (std::find(tail, request.prompt.end(), open) == request.prompt.end()) {
    script.opening.push_back(open);
  }
  const auto chosen = [](uint32_t set, uint64_t otherwise) {
    return set != 0 ? set : static_cast<uint32_t>(otherwise);
  };
  if (settings_.echo) {
    script.echoed = question_of(request.prompt);
    script.answer = static_cast<uint32_t>(script.echoed.size());
  } else {
    script.reasoning = chosen(settings_.reasoning_tokens, 16 + hash % 48);
    script.answer = chosen(settings_.answer_tokens, 8 + (hash >> 8) % 24);
  }
}

int32_t SimBackend::token_of(const Script &script, uint32_t index) const {
  const auto opening = static_cast<uint32_t>(script.opening.size());
  const auto word = [&] {
    return vocabulary_.word(script.hash ^ (index * 0x9e3779b97f4a7c15ULL >> 9));
  };
  if (index < opening) {
    return script.opening[index];
  }
  const uint32_t close = opening + script.reasoning;
  if (index == close) {
    return vocabulary_.marker("</think>");
  }
  if (index < close) {
    return word();
  }
  const uint32_t answered = index - close - 1;
  if (answered >= script.answer) {
    const bool ends = !script.ignores_end && index >= script.min_tokens;
    return ends ? vocabulary_.marker("<｜end▁of▁sentence｜>") : word();
  }
  return script.echoed.empty() ? word() : script.echoed[answered];
}

Decoded SimBackend::decode(std::span<const BatchToken> batch) {
  tokens_.assign(batch.size(), -1);
  uint64_t generating = 0;
  for (size_t i = 0; i < batch.size(); i++) {
    const Script &script = scripts_[batch[i].slot];
    const auto after = static_cast<uint32_t>(batch[i].position + 1);
    generating += after > script.prompt_tokens ? 1 : 0;
    if (batch[i].wants_logits) {
      tokens_[i] = token_of(script, after - script.prompt_tokens);
    }
  }
  last_step_ = step_time(*settings_.preset, generating, batch.size() - generating);
  return wait(last_step_) ? Decoded::kDone : Decoded::kAborted;
}

// False if aborted.
bool SimBackend::wait(std::chrono::microseconds time) {
  std::unique_lock lock(mutex_);
  if (!settings_.virtual_clock) {
    aborting_.wait_for(lock, time, [&] { return aborted_; });
  }
  return !aborted_;
}

int32_t SimBackend::fixed_token(size_t batch_index) { return tokens_[batch_index]; }

std::optional<std::chrono::microseconds> SimBackend::simulated_time() const { return last_step_; }

void SimBackend::abort() noexcept {
  {
    const std::lock_guard lock(mutex_);
    aborted_ = true;
  }
  aborting_.notify_all();
}

std::unique_ptr<Backend> make_backend() { return std::make_unique<SimBackend>(); }

}  // namespace r1::sim
