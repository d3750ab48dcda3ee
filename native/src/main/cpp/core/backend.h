// What a backend library gives the engine: one model, decoded in batches. Loaded by path from
// libr1_<name>.so, so that a missing dependency costs one backend. Both sides are one build.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"

namespace r1 {

struct LoadRequest {
  std::string model_path;
  std::string library_dir;
  uint32_t max_sequences;
  uint32_t context_tokens;  // 0 = the model's
  uint32_t step_tokens;
  uint32_t threads;
};

// The loaded model, as the engine needs it.
struct ModelCard {
  std::string name;
  std::string architecture;
  std::string backend_version;
  uint32_t context_tokens = 0;
  uint32_t step_tokens = 0;  // never decode more at once
  uint64_t kv_tokens = 0;    // cells over all slots
  uint64_t parameters = 0;
  int32_t bos_id = -1;
  std::vector<int32_t> end_ids;
  std::vector<std::string> pieces;  // bytes of every id
  std::vector<uint8_t> control;     // 1: a control token
  std::vector<uint8_t> marker;      // 1: a control or user-defined token
};

struct BatchToken {
  int32_t id;
  int32_t position;
  uint32_t slot;
  bool wants_logits;
};

enum class Decoded {
  kDone,
  kFailed,   // this batch failed, the cache of its slots is unknown
  kAborted,  // abort() was called
  kDead      // the backend cannot go on
};

class Backend {
 public:
  Backend() = default;
  Backend(const Backend &) = delete;
  Backend &operator=(const Backend &) = delete;
  virtual ~Backend() = default;

  // On the engine's thread; progress returns false to give up.
  virtual Status load(const LoadRequest &request, const std::function<bool(float)> &progress,
                      ModelCard &card) = 0;

  // Any thread, beside decode.
  [[nodiscard]] virtual Status tokenize(std::string_view text, std::vector<int32_t> &ids) const = 0;

  // On the engine's thread. The batch has at most step_tokens, positions follow on in each slot.
  virtual Decoded decode(std::span<const BatchToken> batch) = 0;

  // After decode: the logits of a batch index that wanted them, or empty.
  [[nodiscard]] virtual std::span<const float> logits(size_t batch_index) = 0;

  // Drops a slot's cells from this position on; false if only dropping all is possible.
  virtual bool forget(uint32_t slot, int32_t from_position) = 0;

  // Any thread: a running or later decode or load ends soon.
  virtual void abort() noexcept = 0;
};

// Exported by a backend library under kMakeBackend.
using MakeBackend = void (*)(std::unique_ptr<Backend> *backend);
inline constexpr const char *kMakeBackend = "r1_make_backend";

// Opens libr1_<name>.so in the directory. Libraries stay loaded for good.
Status open_backend(const std::string &name, const std::string &library_dir,
                    std::unique_ptr<Backend> &backend);

}  // namespace r1
