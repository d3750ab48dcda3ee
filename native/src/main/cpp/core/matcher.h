// Where an output stands in a grammar, and which tokens may follow.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/grammar.h"

namespace r1 {

// The tokens of a vocabulary in the order of their bytes, so that common beginnings are matched
// once. Control tokens and empty ones are left out: no grammar allows them.
class SortedPieces {
 public:
  SortedPieces(const std::vector<std::string> &pieces, const std::vector<uint8_t> &control);

  struct Entry {
    std::string_view piece;
    int32_t id;
  };
  [[nodiscard]] std::span<const Entry> entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
};

class Matcher {
 public:
  explicit Matcher(std::shared_ptr<const Grammar> grammar);

  [[nodiscard]] bool allows(std::string_view piece) const;
  // Goes on by a piece; false if it was not allowed or the grammar is too ambiguous (more than 512
  // ways at once, or 1,024 rules deep): then nothing is allowed any more.
  bool accept(std::string_view piece);
  // Whether the output may end here.
  [[nodiscard]] bool complete() const;
  // Sets the logits of all tokens that may not follow to -infinity.
  void mask(const SortedPieces &pieces, std::span<float> logits) const;

 private:
  using Stack = std::vector<uint32_t>;  // places in the grammar, the innermost last
  using Stacks = std::vector<Stack>;

  bool expand(Stack stack, Stacks &into) const;
  void advance(const Stacks &from, uint8_t byte, Stacks &into) const;
  bool advance_by(std::string_view piece, Stacks &reached) const;
  void allow(std::span<const SortedPieces::Entry> entries, size_t depth, const Stacks &from,
             std::span<const float> logits, std::span<float> masked) const;

  std::shared_ptr<const Grammar> grammar_;
  Stacks stacks_;
};

}  // namespace r1
