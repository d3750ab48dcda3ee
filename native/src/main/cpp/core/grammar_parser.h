// GBNF: rules `name ::= alternatives` of literals, [classes], ., (groups), names, and the
// repetitions * + ? {m} {m,} {m,n} with at most 1,000; # begins a comment.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/grammar.h"
#include "core/utf8_ranges.h"

namespace r1 {

class GrammarParser {
 public:
  GrammarParser(std::string_view text, Grammar &grammar) : text_(text), grammar_(grammar) {}

  Status parse();

 private:
  using Sequence = std::vector<Grammar::Element>;
  struct Problem {
    std::string what;
  };

  void rule();
  std::vector<Sequence> alternatives(size_t depth);
  Sequence sequence(size_t depth);
  Sequence item(size_t depth);
  Sequence literal();
  Sequence char_class();
  Sequence repeated(Sequence once);
  uint32_t character();
  uint32_t escaped();
  uint32_t number();
  std::string_view name();

  Sequence of_characters(const std::vector<CharacterRange> &ranges);
  Grammar::Element of_bytes(const ByteSet &set);
  Grammar::Element of_rule(uint32_t rule);
  uint32_t new_rule();
  uint32_t rule_named(std::string_view name);
  void define(uint32_t rule, const std::vector<Sequence> &sequences);

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[at_]; }
  bool take(char wanted);
  void skip_space(bool lines);
  [[noreturn]] void fail(const std::string &what) const;

  std::string_view text_;
  Grammar &grammar_;
  size_t at_ = 0;
  std::map<std::string, uint32_t, std::less<>> names_;
  std::vector<bool> defined_;
};

}  // namespace r1
