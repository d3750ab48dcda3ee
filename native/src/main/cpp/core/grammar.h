// A grammar in GBNF, compiled to sequences of byte sets, so that a token may end within a
// character. Ours and not llama.cpp's, which prints what it cannot parse and aborts on what it did
// not expect.
#pragma once

#include <bitset>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/status.h"

namespace r1 {

using ByteSet = std::bitset<256>;

class Grammar {
 public:
  struct Element {
    enum class Kind : uint8_t { kEnd, kBytes, kRule };
    Kind kind;
    uint32_t value;  // kBytes: which set; kRule: which rule
  };

  // R1_INVALID with the reason and the byte where it is: no rule root, an undefined rule, left
  // recursion, more than 64 nested groups, more than 65,536 elements, other syntax.
  static Status parse(std::string_view text, Grammar &grammar);

  [[nodiscard]] const Element &element(uint32_t at) const { return elements_[at]; }
  [[nodiscard]] const ByteSet &bytes(uint32_t set) const { return sets_[set]; }
  // Where the alternatives of a rule begin; each goes on to a kEnd.
  [[nodiscard]] const std::vector<uint32_t> &alternatives(uint32_t rule) const {
    return rules_[rule];
  }
  static constexpr uint32_t kRoot = 0;

 private:
  friend class GrammarParser;

  [[nodiscard]] bool is_left_recursive() const;
  [[nodiscard]] std::vector<bool> nullable() const;

  std::vector<Element> elements_;
  std::vector<ByteSet> sets_;
  std::vector<std::vector<uint32_t>> rules_;
};

}  // namespace r1
