// What the engine refuses before it does anything.
#pragma once

#include <cstdint>

#include "core/status.h"
#include "r1_engine.h"

namespace r1 {

[[nodiscard]] Status check_options(const r1_options &options);
[[nodiscard]] Status check_request(const r1_request &request, uint64_t context_tokens,
                                   int32_t vocabulary_size);

// The threads to compute with: as asked, or all cores but one, since threads that wait for each
// other on busy cores starve everything else.
[[nodiscard]] uint32_t threads_of(const r1_options &options);

}  // namespace r1
