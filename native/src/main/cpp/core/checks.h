// What the engine refuses before it does anything.
#pragma once

#include <cstdint>
#include <span>

#include "core/status.h"
#include "r1_engine.h"

namespace r1 {

[[nodiscard]] Status check_options(const r1_options &options);

// What a model allows a request.
struct RequestLimits {
  uint64_t context_tokens;
  uint64_t kv_tokens;  // 0 = not known
  int32_t vocabulary_size;
  uint32_t features;  // R1_CAN_*
};
[[nodiscard]] Status check_request(const r1_request &request, const RequestLimits &limits);
// What depends on the prompt's ids, which may have come as text.
[[nodiscard]] Status check_prompt(std::span<const int32_t> prompt, const r1_request &request,
                                  const RequestLimits &limits);

// The threads to compute with: as asked, or all cores but one, since threads that wait for each
// other on busy cores starve everything else.
[[nodiscard]] uint32_t threads_of(const r1_options &options);

}  // namespace r1
