// How many cells of the key-value cache fit the memory.
#pragma once

#include <cstdint>

#include "llama.h"

namespace r1::llamacpp {

// Bytes one cell takes over all layers; an upper bound where keys and values share memory (MLA).
[[nodiscard]] uint64_t bytes_per_cell(const llama_model *model, uint64_t element_bytes);

// Bytes that can still be taken: the machine's or the control group's, the smaller; 0 = unknown.
[[nodiscard]] uint64_t free_memory();

}  // namespace r1::llamacpp
