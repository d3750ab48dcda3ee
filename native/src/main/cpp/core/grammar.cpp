#include "core/grammar.h"

#include "core/grammar_parser.h"

namespace r1 {

Status Grammar::parse(std::string_view text, Grammar &grammar) {
  grammar = {};
  Status status = GrammarParser(text, grammar).parse();
  if (status.ok() && grammar.is_left_recursive()) {
    return refuse(R1_INVALID, "the grammar is refused: a rule begins with itself");
  }
  return status;
}

// Which rules may be empty: until nothing more is found.
std::vector<bool> Grammar::nullable() const {
  std::vector<bool> empty(rules_.size(), false);
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t rule = 0; rule < rules_.size(); rule++) {
      for (const uint32_t begin : rules_[rule]) {
        uint32_t at = begin;
        while (elements_[at].kind == Element::Kind::kRule && empty[elements_[at].value]) {
          at++;
        }
        if (elements_[at].kind == Element::Kind::kEnd && !empty[rule]) {
          empty[rule] = changed = true;
        }
      }
    }
  }
  return empty;
}

// Takes away rules that begin with no other rule that is left; what then remains is a cycle.
bool Grammar::is_left_recursive() const {
  const std::vector<bool> empty = nullable();
  std::vector<std::vector<uint32_t>> begun_by(rules_.size());
  std::vector<size_t> begins_with(rules_.size(), 0);
  for (uint32_t rule = 0; rule < rules_.size(); rule++) {
    for (const uint32_t begin : rules_[rule]) {
      for (uint32_t at = begin; elements_[at].kind == Element::Kind::kRule; at++) {
        begun_by[elements_[at].value].push_back(rule);
        begins_with[rule]++;
        if (!empty[elements_[at].value]) {
          break;
        }
      }
    }
  }
  std::vector<uint32_t> free;
  for (uint32_t rule = 0; rule < rules_.size(); rule++) {
    if (begins_with[rule] == 0) {
      free.push_back(rule);
    }
  }
  size_t taken = 0;
  while (!free.empty()) {
    const uint32_t rule = free.back();
    free.pop_back();
    taken++;
    for (const uint32_t other : begun_by[rule]) {
      if (--begins_with[other] == 0) {
        free.push_back(other);
      }
    }
  }
  return taken < rules_.size();
}

}  // namespace r1
