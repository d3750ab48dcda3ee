#include "core/utf8_ranges.h"

#include <algorithm>

namespace r1 {
namespace {

constexpr uint32_t kLast = 0x10FFFF;
constexpr CharacterRange kSurrogates = {0xD800, 0xDFFF};
constexpr std::array<uint32_t, 4> kLastOfLength = {0x7F, 0x7FF, 0xFFFF, kLast};

ByteRanges encode(CharacterRange range, size_t length) {
  constexpr std::array<uint32_t, 5> kLead = {0, 0, 0xC0, 0xE0, 0xF0};
  ByteRanges bytes;
  bytes.count = length;
  for (size_t i = 0; i < length; i++) {
    const size_t shift = 6 * (length - 1 - i);
    const auto byte = [&](uint32_t character) {
      const uint32_t part = i == 0 ? character >> shift : (character >> shift & 0x3F);
      return static_cast<uint8_t>(part | (i > 0 ? 0x80U : kLead[length]));
    };
    bytes.ranges[i] = {byte(range.first), byte(range.last)};
  }
  return bytes;
}

// Splits until all bytes but the first differing one are whole ranges, then encodes.
void append_of_length(CharacterRange range, size_t length, std::vector<ByteRanges> &sequences) {
  for (size_t i = 1; i < length; i++) {
    const uint32_t mask = (1U << (6 * i)) - 1;
    if ((range.first & ~mask) != (range.last & ~mask)) {
      if ((range.first & mask) != 0) {
        append_of_length({range.first, range.first | mask}, length, sequences);
        append_of_length({(range.first | mask) + 1, range.last}, length, sequences);
        return;
      }
      if ((range.last & mask) != mask) {
        append_of_length({range.first, (range.last & ~mask) - 1}, length, sequences);
        append_of_length({range.last & ~mask, range.last}, length, sequences);
        return;
      }
    }
  }
  sequences.push_back(encode(range, length));
}

}  // namespace

std::vector<CharacterRange> normalized(const std::vector<CharacterRange> &ranges) {
  std::vector<CharacterRange> split;
  for (const CharacterRange &range : ranges) {
    const CharacterRange low = {range.first, std::min(range.last, kSurrogates.first - 1)};
    const CharacterRange high = {std::max(range.first, kSurrogates.last + 1),
                                 std::min(range.last, kLast)};
    for (const CharacterRange &part : {low, high}) {
      if (part.first <= part.last) {
        split.push_back(part);
      }
    }
  }
  std::sort(split.begin(), split.end(),
            [](const CharacterRange &a, const CharacterRange &b) { return a.first < b.first; });
  std::vector<CharacterRange> joined;
  for (const CharacterRange &range : split) {
    if (!joined.empty() && range.first <= joined.back().last + 1) {
      joined.back().last = std::max(joined.back().last, range.last);
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

std::vector<CharacterRange> complement(const std::vector<CharacterRange> &ranges) {
  std::vector<CharacterRange> others;
  uint32_t next = 0;
  for (const CharacterRange &range : normalized(ranges)) {
    if (range.first > next) {
      others.push_back({next, range.first - 1});
    }
    next = range.last + 1;
  }
  if (next <= kLast) {
    others.push_back({next, kLast});
  }
  return normalized(others);
}

void append_utf8(CharacterRange range, std::vector<ByteRanges> &sequences) {
  uint32_t first = range.first;
  for (size_t length = 1; length <= kLastOfLength.size() && first <= range.last; length++) {
    const uint32_t last = std::min(range.last, kLastOfLength[length - 1]);
    if (first <= last) {
      append_of_length({first, last}, length, sequences);
      first = last + 1;
    }
  }
}

}  // namespace r1
