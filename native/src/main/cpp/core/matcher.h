// Where an output stands in a grammar, and which tokens may follow.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
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

// What it has found of the grammar it keeps, so that each byte is worked out once for all tokens
// that come to it.
class Matcher {
 public:
  // Of one choice, in stacks of up to 16 places made.
  static constexpr uint64_t kWorkMax = 400'000;

  explicit Matcher(std::shared_ptr<const Grammar> grammar);
  Matcher(const Matcher &) = delete;
  Matcher &operator=(const Matcher &) = delete;
  Matcher(Matcher &&) = default;
  Matcher &operator=(Matcher &&) = default;
  ~Matcher() = default;

  // A choice begins: its work is counted from here. `unwanted` is asked now and then whether to
  // give it up.
  void begin(std::function<bool()> unwanted);
  // Whether the choice needs more work than kWorkMax, or is unwanted: then nothing is allowed.
  [[nodiscard]] bool gave_up() const { return gave_up_; }

  [[nodiscard]] bool allows(std::string_view piece);
  // Goes on by a piece; false if it was not allowed or the grammar is too ambiguous (more than 512
  // ways at once, or 1,024 rules deep): then nothing is allowed any more.
  bool accept(std::string_view piece);
  // Whether the output may end here.
  [[nodiscard]] bool complete() const;
  // Sets the logits of all tokens that may not follow to -infinity.
  void mask(const SortedPieces &pieces, std::span<float> logits);

 private:
  using Stack = std::vector<uint32_t>;  // places in the grammar, the innermost last
  using Stacks = std::vector<Stack>;    // each with bytes on top, or empty; in order

  struct State {
    const Stacks *stacks;
    std::array<uint32_t, 256> next;  // by byte
  };

  void spend(uint64_t work);
  [[nodiscard]] bool is_ready(const Stack &stack) const;
  [[nodiscard]] Stacks expand(std::vector<Stack> todo);
  [[nodiscard]] uint32_t state_of(Stacks stacks);
  [[nodiscard]] uint32_t next(uint32_t from, uint8_t byte);
  [[nodiscard]] uint32_t next(uint32_t from, std::string_view piece);
  void forget();
  void allow(std::span<const SortedPieces::Entry> entries, size_t depth, uint32_t from,
             std::span<const float> logits, std::span<float> masked);

  std::shared_ptr<const Grammar> grammar_;
  std::map<Stacks, uint32_t> ids_;
  std::vector<State> states_;
  uint64_t places_ = 0;  // in the stacks of all states
  uint32_t at_ = 0;
  uint64_t work_ = 0;
  uint64_t asked_at_ = 0;
  std::function<bool()> unwanted_;
  bool gave_up_ = false;
};

}  // namespace r1
