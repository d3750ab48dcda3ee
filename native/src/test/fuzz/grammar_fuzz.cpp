// A grammar, an empty line, and a text: parsing and matching end without a fault, and a mask agrees
// with the test of each token alone.
#include <cmath>
#include <cstdlib>

#include "core/grammar.h"
#include "core/matcher.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string input(reinterpret_cast<const char *>(data), std::min<size_t>(size, 4096));
  const size_t end = std::min(input.find("\n\n"), input.size());
  auto grammar = std::make_shared<r1::Grammar>();
  if (!r1::Grammar::parse(std::string_view(input).substr(0, end), *grammar).ok()) {
    return 0;
  }
  r1::Matcher matcher(grammar);
  const std::string text = input.substr(std::min(end + 2, input.size()), 64);
  std::vector<std::string> pieces = {"a", "b", "ab", "\"", "1", "{", "\xEA", "\xEA\xB0\x80"};
  const std::vector<uint8_t> control(pieces.size(), 0);
  const r1::SortedPieces sorted(pieces, control);
  for (const char byte : text) {
    matcher.begin({});
    std::vector<float> logits(pieces.size(), 1);
    matcher.mask(sorted, logits);
    for (size_t i = 0; i < pieces.size(); i++) {
      if ((logits[i] == 1) != matcher.allows(pieces[i])) {
        std::abort();
      }
    }
    if (!matcher.accept(std::string_view(&byte, 1))) {
      break;
    }
  }
  return 0;
}
