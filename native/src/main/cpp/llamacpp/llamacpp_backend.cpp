#include "llamacpp/llamacpp_backend.h"

#include <algorithm>
#include <array>
#include <mutex>

#include "llamacpp/long_text.h"
#include "llamacpp/memory.h"

namespace r1::llamacpp {
namespace {

constexpr uint32_t kUbatchMax = 512;
constexpr uint64_t kCellsRounding = 256;  // llama.cpp pads contexts to this

// llama.cpp reports why it refuses a model only to its log, on the calling thread.
thread_local std::string log_errors;

void on_log(ggml_log_level level, const char *text, void *) {
  if (level == GGML_LOG_LEVEL_ERROR && log_errors.size() < 512) {
    log_errors += text;
  }
}

std::string take_log_errors() {
  std::string text = std::move(log_errors);
  log_errors.clear();
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

// Loads the CPU variant that fits this machine, once per process.
Status start_library(const std::string &library_dir) {
  static std::mutex mutex;
  static bool started = false;
  const std::lock_guard lock(mutex);
  if (!started) {
    llama_log_set(on_log, nullptr);
    ggml_backend_load_all_from_path(library_dir.c_str());
    llama_backend_init();
    started = true;
  }
  if (ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU) == nullptr) {
    return refuse(R1_UNSUPPORTED, "no build of the CPU backend runs on this processor");
  }
  return {};
}

uint64_t rounded_up(uint64_t value) {
  return (value + kCellsRounding - 1) / kCellsRounding * kCellsRounding;
}

std::string metadata(const llama_model *model, const char *key) {
  std::array<char, 256> text{};
  llama_model_meta_val_str(model, key, text.data(), text.size());
  return text.data();
}

bool on_progress(float done, void *report) {
  return (*static_cast<const std::function<bool(float)> *>(report))(done);
}

bool on_abort_check(void *flag) { return static_cast<const std::atomic<bool> *>(flag)->load(); }

}  // namespace

Status LlamaCppBackend::load(const LoadRequest &request, const std::function<bool(float)> &progress,
                             ModelCard &card) {
  Status status = start_library(request.library_dir);
  if (status.ok()) {
    status = load_model(request, progress);
  }
  if (status.ok()) {
    status = describe(card);
  }
  if (status.ok()) {
    status = make_context(request, card);
  }
  return status;
}

Status LlamaCppBackend::load_model(const LoadRequest &request,
                                   const std::function<bool(float)> &progress) {
  llama_model_params params = llama_model_default_params();
  params.progress_callback = on_progress;
  std::function<bool(float)> report = progress;
  params.progress_callback_user_data = &report;
  log_errors.clear();
  model_.reset(llama_model_load_from_file(request.model_path.c_str(), params));
  if (!model_) {
    if (aborted_) {
      return refuse(R1_STATE, "the engine was closed while it loaded");
    }
    return refuse(R1_MODEL, "llama.cpp refuses the model: " + take_log_errors());
  }
  if (llama_model_has_encoder(model_.get()) || !llama_model_has_decoder(model_.get()) ||
      llama_model_is_diffusion(model_.get())) {
    return refuse(R1_MODEL, "the model is not a decoder that generates token by token");
  }
  vocabulary_ = llama_model_get_vocab(model_.get());
  if (llama_vocab_type(vocabulary_) == LLAMA_VOCAB_TYPE_NONE) {
    return refuse(R1_MODEL, "the model has no vocabulary");
  }
  vocabulary_size_ = static_cast<size_t>(llama_vocab_n_tokens(vocabulary_));
  return {};
}

Status LlamaCppBackend::describe(ModelCard &card) const {
  card.name = metadata(model_.get(), "general.name");
  card.architecture = metadata(model_.get(), "general.architecture");
  card.backend_version = llama_version();
  card.features = R1_CAN_TEXT | kSchedulerFeatures;
  card.parameters = llama_model_n_params(model_.get());
  card.bos_id = llama_vocab_bos(vocabulary_);
  card.pieces.resize(vocabulary_size_);
  card.control.resize(vocabulary_size_);
  card.marker.resize(vocabulary_size_);
  std::array<char, R1_PIECE_BYTES_MAX> piece{};
  for (size_t i = 0; i < vocabulary_size_; i++) {
    const auto id = static_cast<llama_token>(i);
    const int32_t length = llama_token_to_piece(vocabulary_, id, piece.data(),
                                                static_cast<int32_t>(piece.size()), 0, true);
    if (length < 0) {
      return refuse(R1_MODEL, "token " + std::to_string(id) + " has more than 512 bytes");
    }
    card.pieces[i].assign(piece.data(), static_cast<size_t>(length));
    const auto attributes = static_cast<unsigned>(llama_vocab_get_attr(vocabulary_, id));
    const bool control = (attributes & LLAMA_TOKEN_ATTR_CONTROL) != 0;
    card.control[i] = control ? 1 : 0;
    card.marker[i] = control || (attributes & LLAMA_TOKEN_ATTR_USER_DEFINED) != 0 ? 1 : 0;
    if (llama_vocab_is_eog(vocabulary_, id)) {
      card.end_ids.push_back(id);
    }
  }
  return {};
}

Status LlamaCppBackend::make_context(const LoadRequest &request, ModelCard &card) {
  const auto trained = static_cast<uint32_t>(std::max(llama_model_n_ctx_train(model_.get()), 1));
  card.context_tokens =
      request.context_tokens == 0 ? trained : std::min(request.context_tokens, trained);
  // The cache and its arithmetic are as exact as the weights.
  const bool exact = llama_model_ftype(model_.get()) == LLAMA_FTYPE_ALL_F32;
  const uint64_t cell_bytes = bytes_per_cell(model_.get(), exact ? 4 : 2);
  const uint64_t wanted = rounded_up(card.context_tokens) * request.max_sequences;
  const uint64_t memory =
      request.memory_bytes_max != 0 ? request.memory_bytes_max : free_memory() / 10 * 9;
  const uint64_t fitting =
      memory == 0 ? wanted : memory / cell_bytes / kCellsRounding * kCellsRounding;
  const uint64_t cells = std::min({wanted, fitting, uint64_t{INT32_MAX} / 2});
  if (cells < rounded_up(card.context_tokens)) {
    return refuse(R1_MEMORY, "one context of " + std::to_string(card.context_tokens) +
                                 " tokens needs " +
                                 std::to_string(cell_bytes * card.context_tokens) + " bytes, " +
                                 std::to_string(memory) + " are free");
  }

  llama_context_params params = llama_context_default_params();
  params.n_ctx = static_cast<uint32_t>(cells);
  params.n_seq_max = request.max_sequences;
  params.kv_unified = cells < wanted;  // else every sequence has cells of its own
  params.n_batch = request.step_tokens;
  params.n_ubatch = std::min(request.step_tokens, kUbatchMax);
  params.n_outputs_max = request.max_sequences;
  params.n_threads = static_cast<int32_t>(request.threads);
  params.n_threads_batch = static_cast<int32_t>(request.threads);
  const bool flash = !exact && (request.flags & R1_FLASH_ATTENTION) != 0;
  params.flash_attn_type = flash ? LLAMA_FLASH_ATTN_TYPE_AUTO : LLAMA_FLASH_ATTN_TYPE_DISABLED;
  params.type_k = exact ? GGML_TYPE_F32 : GGML_TYPE_F16;
  params.type_v = params.type_k;
  params.abort_callback = on_abort_check;
  params.abort_callback_data = &aborted_;
  params.no_perf = true;
  log_errors.clear();
  context_.reset(llama_init_from_model(model_.get(), params));
  if (!context_) {
    return refuse(R1_MEMORY, "llama.cpp makes no context: " + take_log_errors());
  }
  card.kv_tokens = llama_n_ctx(context_.get());
  card.context_tokens = std::min(card.context_tokens, llama_n_ctx_seq(context_.get()));
  card.step_tokens = std::min(request.step_tokens, llama_n_batch(context_.get()));
  batch_.resize(card.step_tokens);
  return {};
}

Status LlamaCppBackend::tokenize(std::string_view text, std::vector<int32_t> &ids) const {
  ids.clear();
  // Only BPE vocabularies split by regular expressions; others would see each piece as a new text.
  const bool divisible = llama_vocab_type(vocabulary_) == LLAMA_VOCAB_TYPE_BPE;
  while (!text.empty()) {
    const size_t bytes = divisible ? first_piece(text) : text.size();
    const std::string_view piece = text.substr(0, bytes);
    bool fits = true;
    with_deep_stack(divisible ? bytes : 0, [&] { fits = append_ids(piece, ids); });
    if (!fits) {
      return refuse(R1_TOO_LARGE, "the text has too many tokens");
    }
    text.remove_prefix(bytes);
  }
  return {};
}

bool LlamaCppBackend::append_ids(std::string_view text, std::vector<int32_t> &ids) const {
  const size_t before = ids.size();
  size_t capacity = text.size() + 8;
  for (;;) {
    ids.resize(before + capacity);
    const int32_t count =
        llama_tokenize(vocabulary_, text.data(), static_cast<int32_t>(text.size()),
                       ids.data() + before, static_cast<int32_t>(capacity), false, false);
    if (count == INT32_MIN) {
      return false;
    }
    if (count >= 0) {
      ids.resize(before + static_cast<size_t>(count));
      return true;
    }
    capacity = static_cast<size_t>(-count);
  }
}

void LlamaCppBackend::Batch::resize(size_t tokens) {
  ids.resize(tokens);
  positions.resize(tokens);
  sequence_counts.assign(tokens, 1);
  sequences.resize(tokens);
  sequence_lists.resize(tokens);
  wants_logits.resize(tokens);
  for (size_t i = 0; i < tokens; i++) {
    sequence_lists[i] = &sequences[i];
  }
}

void LlamaCppBackend::Batch::set(size_t index, const BatchToken &token) {
  ids[index] = token.id;
  positions[index] = token.position;
  sequences[index] = static_cast<llama_seq_id>(token.slot);
  wants_logits[index] = token.wants_logits ? 1 : 0;
}

Decoded LlamaCppBackend::decode(std::span<const BatchToken> tokens) {
  if (tokens.size() > batch_.ids.size()) {
    return Decoded::kFailed;  // llama.cpp would abort the process
  }
  for (size_t i = 0; i < tokens.size(); i++) {
    batch_.set(i, tokens[i]);
  }
  const llama_batch batch{static_cast<int32_t>(tokens.size()),
                          batch_.ids.data(),
                          nullptr,
                          batch_.positions.data(),
                          batch_.sequence_counts.data(),
                          batch_.sequence_lists.data(),
                          batch_.wants_logits.data()};
  switch (llama_decode(context_.get(), batch)) {
    case 0:
      return Decoded::kDone;
    case 1:   // no cells: admission has counted wrongly
    case -1:  // refused batch
      return Decoded::kFailed;
    case 2:
      return Decoded::kAborted;
    default:
      return Decoded::kDead;
  }
}

std::span<const float> LlamaCppBackend::logits(size_t batch_index) {
  const float *row = llama_get_logits_ith(context_.get(), static_cast<int32_t>(batch_index));
  return row == nullptr ? std::span<const float>() : std::span(row, vocabulary_size_);
}

bool LlamaCppBackend::forget(uint32_t slot, int32_t from_position) {
  llama_memory_t memory = llama_get_memory(context_.get());
  return llama_memory_seq_rm(memory, static_cast<llama_seq_id>(slot), from_position, -1);
}

// Where sequences have streams of their own, llama.cpp copies only whole ones, or aborts.
bool LlamaCppBackend::share(uint32_t from, uint32_t to, int32_t tokens) {
  llama_memory_t memory = llama_get_memory(context_.get());
  const auto target = static_cast<llama_seq_id>(to);
  llama_memory_seq_cp(memory, static_cast<llama_seq_id>(from), target, -1, -1);
  if (llama_memory_seq_rm(memory, target, tokens, -1)) {
    return true;
  }
  llama_memory_seq_rm(memory, target, 0, -1);
  return false;
}

void LlamaCppBackend::abort() noexcept { aborted_ = true; }

}  // namespace r1::llamacpp

extern "C" R1_API void r1_make_backend(std::unique_ptr<r1::Backend> *backend) {
  *backend = std::make_unique<r1::llamacpp::LlamaCppBackend>();
}
