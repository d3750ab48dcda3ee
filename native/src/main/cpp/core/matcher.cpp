#include "core/matcher.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace r1 {
namespace {

constexpr size_t kStacksMax = 512;
constexpr size_t kDepthMax = 1024;
constexpr size_t kVisitsMax = 16384;

}  // namespace

SortedPieces::SortedPieces(const std::vector<std::string> &pieces,
                           const std::vector<uint8_t> &control) {
  for (size_t id = 0; id < pieces.size(); id++) {
    if (control[id] == 0 && !pieces[id].empty()) {
      entries_.push_back({pieces[id], static_cast<int32_t>(id)});
    }
  }
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry &a, const Entry &b) { return a.piece < b.piece; });
}

Matcher::Matcher(std::shared_ptr<const Grammar> grammar) : grammar_(std::move(grammar)) {
  for (const uint32_t begin : grammar_->alternatives(Grammar::kRoot)) {
    using Kind = Grammar::Element::Kind;
    if (!expand(grammar_->element(begin).kind == Kind::kEnd ? Stack{} : Stack{begin}, stacks_)) {
      stacks_.clear();
      return;
    }
  }
}

// Adds the stack, or all that it stands for until each has bytes on top, or is empty. False beyond
// the limits.
bool Matcher::expand(Stack stack, Stacks &into) const {
  using Kind = Grammar::Element::Kind;
  std::vector<Stack> todo = {std::move(stack)};
  std::set<Stack> seen;
  while (!todo.empty()) {
    const auto [place, is_new] = seen.insert(std::move(todo.back()));
    todo.pop_back();
    if (!is_new) {
      continue;
    }
    const Stack &one = *place;
    if (seen.size() > kVisitsMax || one.size() > kDepthMax || into.size() > kStacksMax) {
      return false;
    }
    if (one.empty() || grammar_->element(one.back()).kind == Kind::kBytes) {
      if (std::find(into.begin(), into.end(), one) == into.end()) {
        into.push_back(one);
      }
      continue;
    }
    const uint32_t at = one.back();
    for (const uint32_t begin : grammar_->alternatives(grammar_->element(at).value)) {
      Stack next(one.begin(), one.end() - 1);
      if (grammar_->element(at + 1).kind != Kind::kEnd) {
        next.push_back(at + 1);
      }
      if (grammar_->element(begin).kind != Kind::kEnd) {
        next.push_back(begin);
      }
      todo.push_back(std::move(next));
    }
  }
  return true;
}

void Matcher::advance(const Stacks &from, uint8_t byte, Stacks &into) const {
  into.clear();
  for (const Stack &stack : from) {
    if (stack.empty() || !grammar_->bytes(grammar_->element(stack.back()).value).test(byte)) {
      continue;
    }
    Stack next = stack;
    next.back()++;
    if (grammar_->element(next.back()).kind == Grammar::Element::Kind::kEnd) {
      next.pop_back();
    }
    if (!expand(std::move(next), into)) {
      into.clear();
      return;
    }
  }
}

bool Matcher::advance_by(std::string_view piece, Stacks &reached) const {
  reached = stacks_;
  Stacks next;
  for (const char c : piece) {
    advance(reached, static_cast<uint8_t>(c), next);
    std::swap(reached, next);
    if (reached.empty()) {
      return false;
    }
  }
  return !piece.empty();
}

bool Matcher::allows(std::string_view piece) const {
  Stacks reached;
  return advance_by(piece, reached);
}

bool Matcher::accept(std::string_view piece) {
  Stacks reached;
  const bool allowed = advance_by(piece, reached);
  stacks_ = allowed ? std::move(reached) : Stacks{};
  return allowed;
}

bool Matcher::complete() const {
  return std::any_of(stacks_.begin(), stacks_.end(), [](const Stack &s) { return s.empty(); });
}

void Matcher::mask(const SortedPieces &pieces, std::span<float> logits) const {
  const std::vector<float> before(logits.begin(), logits.end());
  std::fill(logits.begin(), logits.end(), -INFINITY);
  allow(pieces.entries(), 0, stacks_, before, logits);
}

// The entries share their first `depth` bytes, which led to these stacks.
void Matcher::allow(std::span<const SortedPieces::Entry> entries, size_t depth, const Stacks &from,
                    std::span<const float> logits, std::span<float> masked) const {
  size_t at = 0;
  for (; at < entries.size() && entries[at].piece.size() == depth; at++) {
    const auto id = static_cast<size_t>(entries[at].id);
    masked[id] = logits[id];
  }
  Stacks next;
  while (at < entries.size()) {
    const char byte = entries[at].piece[depth];
    size_t end = at + 1;
    while (end < entries.size() && entries[end].piece[depth] == byte) {
      end++;
    }
    advance(from, static_cast<uint8_t>(byte), next);
    if (!next.empty()) {
      allow(entries.subspan(at, end - at), depth + 1, next, logits, masked);
    }
    at = end;
  }
}

}  // namespace r1
