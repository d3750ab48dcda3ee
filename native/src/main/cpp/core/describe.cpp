#include "core/describe.h"

#include <algorithm>
#include <cstring>

namespace r1 {
namespace {

template <size_t kCapacity>
void copy_text(char (&target)[kCapacity], const std::string &text) {
  size_t length = std::min(text.size(), kCapacity - 1);
  while (length > 0 && length < text.size() && (text[length] & 0xC0) == 0x80) {
    length--;  // not within a character
  }
  std::memcpy(target, text.data(), length);
  target[length] = '\0';
}

int32_t marker_or_none(const std::unordered_map<std::string, int32_t> &markers, const char *piece) {
  const auto found = markers.find(piece);
  return found == markers.end() ? -1 : found->second;
}

}  // namespace

r1_model describe(const LoadedModel &loaded) {
  r1_model model{};
  size_t longest = 0;
  for (const std::string &piece : loaded.card.pieces) {
    longest = std::max(longest, piece.size());
  }
  model.vocabulary_size = static_cast<int32_t>(loaded.card.pieces.size());
  model.context_tokens = static_cast<int32_t>(loaded.card.context_tokens);
  model.max_sequences = static_cast<int32_t>(loaded.max_sequences);
  model.piece_bytes_max = static_cast<int32_t>(longest);
  model.bos_id = loaded.card.bos_id;
  model.think_open_id = marker_or_none(loaded.markers, "<think>");
  model.think_close_id = marker_or_none(loaded.markers, "</think>");
  model.features = loaded.card.features;
  model.simulated = loaded.card.simulated ? 1 : 0;
  model.end_count = static_cast<int32_t>(loaded.card.end_ids.size());
  std::copy(loaded.card.end_ids.begin(), loaded.card.end_ids.end(), model.end_ids);
  model.kv_tokens = static_cast<int64_t>(loaded.card.kv_tokens);
  model.file_bytes = static_cast<int64_t>(loaded.digest.bytes);
  model.parameters = static_cast<int64_t>(loaded.card.parameters);
  copy_text(model.sha256, loaded.digest.hex);
  copy_text(model.backend, loaded.backend);
  copy_text(model.backend_version, loaded.card.backend_version);
  copy_text(model.name, loaded.card.name);
  copy_text(model.architecture, loaded.card.architecture);
  return model;
}

}  // namespace r1
