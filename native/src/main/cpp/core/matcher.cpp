#include "core/matcher.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

namespace r1 {
namespace {

constexpr size_t kStacksMax = 512;
constexpr size_t kDepthMax = 1024;
constexpr size_t kVisitsMax = 16384;
constexpr uint64_t kWorkBetweenQuestions = 4096;
constexpr uint64_t kWorkOfAState = 16;
constexpr size_t kStatesKept = 512;  // between choices: 1 KiB each
constexpr uint64_t kPlacesKept = 1U << 18;
constexpr uint32_t kNowhere = 0;
constexpr uint32_t kUnknown = UINT32_MAX;

uint64_t work_of(const std::vector<uint32_t> &stack) { return 1 + stack.size() / 16; }

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
  (void)state_of({});  // kNowhere
  std::vector<Stack> roots;
  for (const uint32_t begin : grammar_->alternatives(Grammar::kRoot)) {
    const bool is_empty = grammar_->element(begin).kind == Grammar::Element::Kind::kEnd;
    roots.push_back(is_empty ? Stack{} : Stack{begin});
  }
  at_ = state_of(expand(std::move(roots)));
}

void Matcher::begin(std::function<bool()> unwanted) {
  unwanted_ = std::move(unwanted);
  work_ = asked_at_ = 0;
  gave_up_ = false;
}

void Matcher::spend(uint64_t work) {
  work_ += work;
  if (work_ - asked_at_ >= kWorkBetweenQuestions) {
    asked_at_ = work_;
    gave_up_ = gave_up_ || (unwanted_ && unwanted_());
  }
  gave_up_ = gave_up_ || work_ > kWorkMax;
}

bool Matcher::is_ready(const Stack &stack) const {
  return stack.empty() || grammar_->element(stack.back()).kind == Grammar::Element::Kind::kBytes;
}

// All that the stacks stand for; nothing beyond the limits.
Matcher::Stacks Matcher::expand(std::vector<Stack> todo) {
  std::set<Stack> seen;
  size_t ready = 0;
  while (!todo.empty()) {
    const auto [place, is_new] = seen.insert(std::move(todo.back()));
    todo.pop_back();
    if (!is_new) {
      continue;
    }
    const Stack &one = *place;
    ready += is_ready(one) ? 1 : 0;
    if (gave_up_ || seen.size() > kVisitsMax || one.size() > kDepthMax || ready > kStacksMax) {
      return {};
    }
    if (is_ready(one)) {
      continue;
    }
    const uint32_t at = one.back();
    for (const uint32_t begin : grammar_->alternatives(grammar_->element(at).value)) {
      spend(work_of(one));
      Stack next(one.begin(), one.end() - 1);
      for (const uint32_t place_after : {at + 1, begin}) {
        if (grammar_->element(place_after).kind != Grammar::Element::Kind::kEnd) {
          next.push_back(place_after);
        }
      }
      todo.push_back(std::move(next));
    }
  }
  Stacks found;
  std::copy_if(seen.begin(), seen.end(), std::back_inserter(found),
               [this](const Stack &stack) { return is_ready(stack); });
  return found;
}

uint32_t Matcher::state_of(Stacks stacks) {
  const auto [place, is_new] =
      ids_.try_emplace(std::move(stacks), static_cast<uint32_t>(states_.size()));
  if (is_new) {
    State &state = states_.emplace_back();
    state.stacks = &place->first;
    state.next.fill(kUnknown);
    for (const Stack &stack : place->first) {
      places_ += stack.size();
    }
    spend(kWorkOfAState);
  }
  return place->second;
}

uint32_t Matcher::next(uint32_t from, uint8_t byte) {
  if (const uint32_t known = states_[from].next[byte]; known != kUnknown) {
    return known;
  }
  std::vector<Stack> reached;
  for (const Stack &stack : *states_[from].stacks) {
    spend(work_of(stack));
    if (stack.empty() || !grammar_->bytes(grammar_->element(stack.back()).value).test(byte)) {
      continue;
    }
    Stack next = stack;
    next.back()++;
    if (grammar_->element(next.back()).kind == Grammar::Element::Kind::kEnd) {
      next.pop_back();
    }
    reached.push_back(std::move(next));
  }
  Stacks expanded = expand(std::move(reached));
  if (gave_up_) {
    return kNowhere;
  }
  const uint32_t to = state_of(std::move(expanded));
  states_[from].next[byte] = to;
  return to;
}

uint32_t Matcher::next(uint32_t from, std::string_view piece) {
  for (const char c : piece) {
    from = from == kNowhere ? kNowhere : next(from, static_cast<uint8_t>(c));
  }
  return piece.empty() ? kNowhere : from;
}

bool Matcher::allows(std::string_view piece) { return next(at_, piece) != kNowhere && !gave_up_; }

bool Matcher::accept(std::string_view piece) {
  at_ = next(at_, piece);
  if (states_.size() > kStatesKept || places_ > kPlacesKept) {
    forget();
  }
  return at_ != kNowhere;
}

// Keeps the state where it is, and nothing of what may follow.
void Matcher::forget() {
  Stacks here = *states_[at_].stacks;
  ids_.clear();
  states_.clear();
  places_ = 0;
  (void)state_of({});
  at_ = state_of(std::move(here));
}

bool Matcher::complete() const {
  const Stacks &stacks = *states_[at_].stacks;
  return !stacks.empty() && stacks.front().empty();  // the empty stack is the first in order
}

void Matcher::mask(const SortedPieces &pieces, std::span<float> logits) {
  const std::vector<float> before(logits.begin(), logits.end());
  std::fill(logits.begin(), logits.end(), -INFINITY);
  allow(pieces.entries(), 0, at_, before, logits);
  if (gave_up_) {
    std::fill(logits.begin(), logits.end(), -INFINITY);
  }
}

// The entries share their first `depth` bytes, which led to this state.
void Matcher::allow(std::span<const SortedPieces::Entry> entries, size_t depth, uint32_t from,
                    std::span<const float> logits, std::span<float> masked) {
  size_t at = 0;
  for (; at < entries.size() && entries[at].piece.size() == depth; at++) {
    const auto id = static_cast<size_t>(entries[at].id);
    masked[id] = logits[id];
  }
  while (at < entries.size() && !gave_up_) {
    const char byte = entries[at].piece[depth];
    size_t end = at + 1;
    while (end < entries.size() && entries[end].piece[depth] == byte) {
      end++;
    }
    if (const uint32_t to = next(from, static_cast<uint8_t>(byte)); to != kNowhere) {
      allow(entries.subspan(at, end - at), depth + 1, to, logits, masked);
    }
    at = end;
  }
}

}  // namespace r1
