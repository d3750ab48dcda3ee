// Settings of the simulated engine and texts for its tokenizer: no fault, and every text comes
// back.
#include <cstdlib>
#include <string>

#include "core/utf8.h"
#include "sim/settings.h"
#include "sim/vocabulary.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const r1::sim::Vocabulary vocabulary;
  static const auto pieces = [] {
    r1::ModelCard card;
    vocabulary.describe(card);
    return card.pieces;
  }();
  const std::string text(reinterpret_cast<const char *>(data), size);
  r1::sim::Settings settings;
  if (r1::sim::read_settings("r1-8xh200", text, settings).ok() && !r1::is_utf8(text)) {
    return 0;  // strings of other bytes are compared, not shown
  }
  std::vector<int32_t> ids;
  vocabulary.tokenize(text, ids);
  std::string back;
  for (const int32_t id : ids) {
    back += pieces[static_cast<size_t>(id)];
  }
  if (back != text) {
    std::abort();
  }
  return 0;
}
