// The bytes of a range of characters.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace r1 {

struct CharacterRange {
  uint32_t first;
  uint32_t last;
};

// A byte each from first to last: all characters of these bytes belong.
struct ByteRanges {
  size_t count = 0;
  std::array<std::array<uint8_t, 2>, 4> ranges{};
};

// Sorted, without overlaps, within U+0000..U+10FFFF and without surrogates.
[[nodiscard]] std::vector<CharacterRange> normalized(const std::vector<CharacterRange> &ranges);
// All other characters.
[[nodiscard]] std::vector<CharacterRange> complement(const std::vector<CharacterRange> &ranges);
// The sequences of bytes of a range.
void append_utf8(CharacterRange range, std::vector<ByteRanges> &sequences);

}  // namespace r1
