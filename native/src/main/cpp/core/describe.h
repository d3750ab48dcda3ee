// The loaded model as r1_model_info tells it.
#pragma once

#include <string>
#include <unordered_map>

#include "core/backend.h"
#include "core/sha256.h"
#include "r1_engine.h"

namespace r1 {

struct LoadedModel {
  const std::string &backend;
  uint32_t max_sequences;
  const ModelCard &card;
  const FileDigest &digest;
  const std::unordered_map<std::string, int32_t> &markers;  // control and user-defined tokens
};

[[nodiscard]] r1_model describe(const LoadedModel &loaded);

}  // namespace r1
