// What a backend library gives the engine: one loaded model. Loaded by path from libr1_<name>.so,
// so that a missing dependency costs one backend. Both sides are one build. A backend is either a
// BatchBackend, which computes the engine's steps, or a LoopBackend, which has a loop of its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"

namespace r1 {

class BatchBackend;
class LoopBackend;

struct LoadRequest {
  std::string model_path;
  std::string library_dir;
  std::string backend_json;  // empty = none
  uint32_t max_sequences;
  uint32_t context_tokens;  // 0 = the model's
  uint32_t step_tokens;
  uint32_t threads;
  uint32_t flags;             // R1_PREFIX_CACHE, R1_FLASH_ATTENTION
  uint64_t memory_bytes_max;  // 0 = what is free
};

// The loaded model, as the engine needs it.
struct ModelCard {
  std::string name;
  std::string architecture;
  std::string backend_version;
  uint32_t context_tokens = 0;
  uint32_t step_tokens = 0;  // BatchBackend: never decode more at once
  uint64_t kv_tokens = 0;    // cells over all sequences
  uint64_t parameters = 0;
  uint32_t features = 0;  // R1_CAN_*
  bool simulated = false;
  int32_t bos_id = -1;
  std::vector<int32_t> end_ids;
  std::vector<std::string> pieces;  // bytes of every id
  std::vector<uint8_t> control;     // 1: a control token
  std::vector<uint8_t> marker;      // 1: a control or user-defined token
};

class Backend {
 public:
  Backend() = default;
  Backend(const Backend &) = delete;
  Backend &operator=(const Backend &) = delete;
  virtual ~Backend() = default;

  // On the engine's thread; progress, 0..1, returns false to give up.
  virtual Status load(const LoadRequest &request, const std::function<bool(float)> &progress,
                      ModelCard &card) = 0;

  // Any thread, beside everything else. Without R1_CAN_TEXT never called.
  [[nodiscard]] virtual Status tokenize(std::string_view text, std::vector<int32_t> &ids) const = 0;

  // Any thread: a running or later load or decode ends soon.
  virtual void abort() noexcept = 0;

  // What kind it is: exactly one of the two is not NULL.
  virtual BatchBackend *as_batch() { return nullptr; }
  virtual LoopBackend *as_loop() { return nullptr; }
};

// Exported by a backend library under kMakeBackend. Leaves NULL where this process cannot have
// (another) one.
using MakeBackend = void (*)(std::unique_ptr<Backend> *backend);
inline constexpr const char *kMakeBackend = "r1_make_backend";
inline constexpr const char *kSimulated = "sim";

// Opens libr1_<name>.so in the directory, which stays loaded for good; "sim" is built in.
Status open_backend(const std::string &name, const std::string &library_dir,
                    std::unique_ptr<Backend> &backend);

}  // namespace r1
