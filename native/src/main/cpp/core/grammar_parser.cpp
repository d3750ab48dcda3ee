#include "core/grammar_parser.h"

#include <algorithm>

#include "core/utf8.h"

namespace r1 {
namespace {

constexpr size_t kDepthMax = 64;
constexpr size_t kElementsMax = 65536;
constexpr uint32_t kRepetitionsMax = 1000;
constexpr uint32_t kNoMax = UINT32_MAX;

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Status GrammarParser::parse() {
  try {
    if (!is_utf8(text_)) {
      fail("it is not UTF-8");
    }
    names_.emplace("root", new_rule());
    for (skip_space(true); !at_end(); skip_space(true)) {
      rule();
    }
    for (const auto &[name, rule] : names_) {
      if (!defined_[rule]) {
        fail("there is no rule " + name);
      }
    }
    return {};
  } catch (const Problem &problem) {
    return refuse(R1_INVALID, "the grammar is refused: " + problem.what);
  }
}

void GrammarParser::rule() {
  const uint32_t rule = rule_named(name());
  if (defined_[rule]) {
    fail("a rule is defined twice");
  }
  skip_space(false);
  if (!take(':') || !take(':') || !take('=')) {
    fail("::= is missing");
  }
  const std::vector<Sequence> found = alternatives(0);
  define(rule, found);
  if (!at_end() && peek() != '\n' && peek() != '\r') {
    fail("a line should end");
  }
}

// Within a group, and after | and ::=, a line may end.
std::vector<GrammarParser::Sequence> GrammarParser::alternatives(size_t depth) {
  std::vector<Sequence> found;
  do {
    skip_space(true);
    found.push_back(sequence(depth));
    skip_space(depth > 0);
  } while (take('|'));
  return found;
}

GrammarParser::Sequence GrammarParser::sequence(size_t depth) {
  Sequence all;
  for (;;) {
    const Sequence next = repeated(item(depth));
    if (next.empty()) {
      return all;
    }
    all.insert(all.end(), next.begin(), next.end());
    skip_space(depth > 0);
    if (all.size() > kElementsMax) {
      fail("it is too large");
    }
  }
}

// One literal, class, name or group as a single sequence; empty if none follows.
GrammarParser::Sequence GrammarParser::item(size_t depth) {
  if (take('"')) {
    return literal();
  }
  if (take('[')) {
    return char_class();
  }
  if (take('.')) {
    return of_characters(complement({}));
  }
  if (take('(')) {
    if (depth >= kDepthMax) {
      fail("groups are nested more than 64 deep");
    }
    const std::vector<Sequence> inner = alternatives(depth + 1);
    if (!take(')')) {
      fail(") is missing");
    }
    const uint32_t group = new_rule();
    define(group, inner);
    return {of_rule(group)};
  }
  if (is_name(peek())) {
    return {of_rule(rule_named(name()))};
  }
  return {};
}

GrammarParser::Sequence GrammarParser::literal() {
  Sequence all;
  while (peek() != '"') {
    const uint32_t one = character();
    const Sequence bytes = of_characters(normalized({{one, one}}));
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  at_++;
  if (all.size() == 1) {
    return all;
  }
  const uint32_t whole = new_rule();  // so that a repetition repeats all of it
  define(whole, {all});
  return {of_rule(whole)};
}

GrammarParser::Sequence GrammarParser::char_class() {
  const bool negated = take('^');
  std::vector<CharacterRange> ranges;
  while (peek() != ']') {
    const uint32_t first = character();
    uint32_t last = first;
    if (peek() == '-' && at_ + 1 < text_.size() && text_[at_ + 1] != ']') {
      at_++;
      last = character();
    }
    if (last < first) {
      fail("a range of a class runs backwards");
    }
    ranges.push_back({first, last});
  }
  at_++;
  return of_characters(negated ? complement(ranges) : normalized(ranges));
}

GrammarParser::Sequence GrammarParser::repeated(Sequence once) {
  for (;;) {
    uint32_t least = 0;
    uint32_t most = kNoMax;
    if (take('+')) {
      least = 1;
    } else if (take('?')) {
      most = 1;
    } else if (take('{')) {
      least = most = number();
      if (take(',')) {
        most = peek() == '}' ? kNoMax : number();
      }
      if (!take('}') || most < least) {
        fail("a repetition is {m}, {m,} or {m,n}");
      }
    } else if (!take('*')) {
      return once;
    }
    if (once.empty()) {
      fail("there is nothing to repeat");
    }
    Sequence all;
    for (uint32_t i = 0; i < least; i++) {
      all.insert(all.end(), once.begin(), once.end());
    }
    // From the last: each optional one is followed by the next.
    Sequence rest;
    for (uint32_t i = most == kNoMax ? 1 : most - least; i > 0; i--) {
      const uint32_t optional = new_rule();
      Sequence more = once;
      more.insert(more.end(), rest.begin(), rest.end());
      if (most == kNoMax) {
        more.push_back(of_rule(optional));
      }
      define(optional, {more, {}});
      rest = {of_rule(optional)};
    }
    all.insert(all.end(), rest.begin(), rest.end());
    const uint32_t whole = new_rule();
    define(whole, {all});
    once = {of_rule(whole)};
  }
}

uint32_t GrammarParser::character() {
  if (at_end() || peek() == '\n') {
    fail("a literal or class does not end");
  }
  if (take('\\')) {
    return escaped();
  }
  const size_t bytes = utf8_character(text_.substr(at_));
  auto one = static_cast<uint8_t>(text_[at_]);
  uint32_t value = bytes == 1 ? one : one & (0xFFU >> (bytes + 1));
  for (size_t i = 1; i < bytes; i++) {
    value = value << 6 | (static_cast<uint8_t>(text_[at_ + i]) & 0x3FU);
  }
  at_ += bytes;
  return value;
}

uint32_t GrammarParser::escaped() {
  const char kind = peek();
  at_++;
  size_t digits = 0;
  switch (kind) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'x':
      digits = 2;
      break;
    case 'u':
      digits = 4;
      break;
    case 'U':
      digits = 8;
      break;
    case '"':
    case '\\':
    case '[':
    case ']':
    case '-':
    case '^':
      return static_cast<uint32_t>(kind);
    default:
      fail("an escape is unknown");
  }
  uint32_t value = 0;
  for (size_t i = 0; i < digits; i++) {
    const char *const all = "0123456789abcdef";
    const char digit = static_cast<char>(peek() >= 'A' && peek() <= 'F' ? peek() + 32 : peek());
    const char *found = std::find(all, all + 16, digit);
    if (found == all + 16) {
      fail("an escape has too few digits");
    }
    value = value << 4 | static_cast<uint32_t>(found - all);
    at_++;
  }
  if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
    fail("an escape is no character");
  }
  return value;
}

uint32_t GrammarParser::number() {
  if (!is_digit(peek())) {
    fail("a number is missing");
  }
  uint32_t value = 0;
  while (is_digit(peek())) {
    value = value * 10 + static_cast<uint32_t>(peek() - '0');
    if (value > kRepetitionsMax) {
      fail("a repetition is at most 1000");
    }
    at_++;
  }
  return value;
}

std::string_view GrammarParser::name() {
  const size_t begin = at_;
  while (is_name(peek())) {
    at_++;
  }
  if (at_ == begin) {
    fail("a name is missing");
  }
  return text_.substr(begin, at_ - begin);
}

// One set of bytes, or a rule whose alternatives are sequences of them.
GrammarParser::Sequence GrammarParser::of_characters(const std::vector<CharacterRange> &ranges) {
  std::vector<ByteRanges> encoded;
  for (const CharacterRange &range : ranges) {
    append_utf8(range, encoded);
  }
  ByteSet single;
  std::vector<Sequence> longer;
  for (const ByteRanges &bytes : encoded) {
    Sequence sequence;
    for (size_t i = 0; i < bytes.count; i++) {
      ByteSet set;
      for (unsigned byte = bytes.ranges[i][0]; byte <= bytes.ranges[i][1]; byte++) {
        set.set(byte);
      }
      if (bytes.count == 1) {
        single |= set;
      } else {
        sequence.push_back(of_bytes(set));
      }
    }
    if (bytes.count > 1) {
      longer.push_back(sequence);
    }
  }
  if (longer.empty()) {  // also the empty class, which nothing matches
    return {of_bytes(single)};
  }
  if (longer.size() == 1 && single.none()) {
    return longer.front();
  }
  if (single.any()) {
    longer.push_back({of_bytes(single)});
  }
  const uint32_t any = new_rule();
  define(any, longer);
  return {of_rule(any)};
}

Grammar::Element GrammarParser::of_bytes(const ByteSet &set) {
  auto &sets = grammar_.sets_;
  const size_t recent = sets.size() < 64 ? 0 : sets.size() - 64;  // equal ones are often near
  auto found = std::find(sets.begin() + static_cast<std::ptrdiff_t>(recent), sets.end(), set);
  if (found == sets.end()) {
    sets.push_back(set);
    found = sets.end() - 1;
  }
  return {Grammar::Element::Kind::kBytes, static_cast<uint32_t>(found - sets.begin())};
}

Grammar::Element GrammarParser::of_rule(uint32_t rule) {
  return {Grammar::Element::Kind::kRule, rule};
}

uint32_t GrammarParser::new_rule() {
  grammar_.rules_.emplace_back();
  defined_.push_back(false);
  if (grammar_.rules_.size() > kElementsMax) {
    fail("it is too large");
  }
  return static_cast<uint32_t>(grammar_.rules_.size() - 1);
}

uint32_t GrammarParser::rule_named(std::string_view name) {
  const auto found = names_.find(name);
  if (found != names_.end()) {
    return found->second;
  }
  const uint32_t rule = new_rule();
  names_.emplace(name, rule);
  return rule;
}

void GrammarParser::define(uint32_t rule, const std::vector<Sequence> &sequences) {
  defined_[rule] = true;
  auto &elements = grammar_.elements_;
  for (const Sequence &sequence : sequences) {
    grammar_.rules_[rule].push_back(static_cast<uint32_t>(elements.size()));
    elements.insert(elements.end(), sequence.begin(), sequence.end());
    elements.push_back({Grammar::Element::Kind::kEnd, 0});
  }
  if (elements.size() > kElementsMax) {
    fail("it is too large");
  }
}

bool GrammarParser::take(char wanted) {
  if (at_end() || text_[at_] != wanted) {
    return false;
  }
  at_++;
  return true;
}

void GrammarParser::skip_space(bool lines) {
  while (!at_end()) {
    if (peek() == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (peek() == ' ' || peek() == '\t' || (lines && (peek() == '\n' || peek() == '\r'))) {
      at_++;
    } else {
      return;
    }
  }
}

void GrammarParser::fail(const std::string &what) const {
  throw Problem{what + " at byte " + std::to_string(at_)};
}

}  // namespace r1
