#include "core/slots.h"

#include <algorithm>
#include <utility>

namespace r1 {
namespace {

constexpr size_t kSharedPrefixMin = 16;  // shorter ones are not worth keeping cells for

// How much of the prompt the slot holds and may share.
size_t shared_prefix(const Slot &slot, const Request &request) {
  if (request.cache_salt == 0 || slot.salt != request.cache_salt) {
    return 0;
  }
  const auto [end, other] = std::mismatch(slot.cells.begin(), slot.cells.end(),
                                          request.prompt.begin(), request.prompt.end());
  return static_cast<size_t>(end - slot.cells.begin());
}

}  // namespace

Slots::Slots(BatchBackend &backend, uint32_t count, uint64_t kv_tokens, bool prefix_cache)
    : backend_(backend), kv_tokens_(kv_tokens), prefix_cache_(prefix_cache), slots_(count) {}

uint64_t Slots::reserved_cells() const {
  uint64_t cells = 0;
  for (const Slot &slot : slots_) {
    cells += slot.request ? slot.request->cells() : 0;
  }
  return cells;
}

uint32_t Slots::running() const {
  return static_cast<uint32_t>(std::count_if(
      slots_.begin(), slots_.end(), [](const Slot &slot) { return slot.request.has_value(); }));
}

uint64_t Slots::kept_cells() const {
  uint64_t cells = 0;
  for (const Slot &slot : slots_) {
    cells += slot.request ? 0 : slot.cells.size();
  }
  return cells;
}

std::optional<uint32_t> Slots::best_free(std::optional<uint32_t> except) const {
  std::optional<uint32_t> best;
  const auto rank = [&](uint32_t i) {
    return std::pair(2 - running_beside(i), slots_[i].cells.empty() ? 0 : slots_[i].last_used);
  };
  for (uint32_t i = 0; i < slots_.size(); i++) {
    if (!slots_[i].request && i != except && (!best || rank(i) < rank(*best))) {
      best = i;
    }
  }
  return best;
}

int Slots::running_beside(uint32_t index) const {
  const bool left = index > 0 && slots_[index - 1].request.has_value();
  const bool right = index + 1 < slots_.size() && slots_[index + 1].request.has_value();
  return (left ? 1 : 0) + (right ? 1 : 0);
}

// Of equal prefixes the one in a free slot, which may be used in place.
Placement Slots::longest_prefix(const Request &request) const {
  Placement best{0, 0, 0};
  for (uint32_t i = 0; i < slots_.size() && prefix_cache_; i++) {
    const size_t prefix = shared_prefix(slots_[i], request);
    const size_t shared = std::min(prefix, request.prompt.size() - 1);  // the last needs its logits
    const bool better = shared > best.shared || (shared == best.shared &&
                                                 slots_[best.source].request && !slots_[i].request);
    if (shared >= kSharedPrefixMin && better) {
      best = {i, i, shared};
    }
  }
  return best;
}

std::optional<Placement> Slots::find(const Request &request) const {
  const uint64_t needed = reserved_cells() + request.cells();
  const auto target = best_free(std::nullopt);
  if (!target || needed > kv_tokens_) {
    return std::nullopt;
  }
  Placement found = longest_prefix(request);
  if (found.shared == 0) {
    return Placement{*target, *target, 0};
  }
  const Slot &source = slots_[found.source];
  const bool fits_beside = source.request || needed + source.cells.size() <= kv_tokens_;
  const bool is_extended = !source.request && source.cells.size() <= found.shared + 1;
  const auto other = best_free(found.source);
  if (is_extended || !fits_beside || !other) {
    if (source.request) {
      return Placement{*target, *target, 0};
    }
    return found;  // in place
  }
  found.slot = *other;
  return found;
}

void Slots::place(const Placement &placement, Request request, Clock::time_point now) {
  evict_for(request.cells(), placement);
  take_prefix(placement);
  Slot &slot = slots_[placement.slot];
  slot.salt = request.cache_salt;
  slot.tally = {};
  slot.tally.cached = static_cast<uint32_t>(slot.cells.size());
  slot.tally.started = now;
  slot.next = -1;
  if (request.sampling.penalizes()) {
    slot.repeats.start(request.prompt);
  }
  slot.request = std::move(request);
}

// Leaves the slot with the shared cells alone, or with none.
void Slots::take_prefix(const Placement &placement) {
  Slot &slot = slots_[placement.slot];
  const auto tokens = static_cast<int32_t>(placement.shared);
  if (placement.slot != placement.source) {
    clear(placement.slot);
    if (backend_.share(placement.source, placement.slot, tokens)) {
      const std::vector<int32_t> &cells = slots_[placement.source].cells;
      slot.cells.assign(cells.begin(), cells.begin() + tokens);
    }
  } else if (tokens > 0 && backend_.forget(placement.slot, tokens)) {
    slot.cells.resize(placement.shared);
  } else {
    clear(placement.slot);
  }
}

void Slots::release(uint32_t index, uint64_t step) {
  Slot &slot = slots_[index];
  slot.last_used = step;
  slot.request.reset();
  slot.filter.reset();
  if (slot.salt == 0 || !prefix_cache_) {
    clear(index);
  }
}

void Slots::cut(uint32_t index, size_t tokens) {
  Slot &slot = slots_[index];
  if (slot.cells.size() <= tokens) {
    return;
  }
  if (tokens > 0 && backend_.forget(index, static_cast<int32_t>(tokens))) {
    slot.cells.resize(tokens);
  } else {
    clear(index);
  }
}

void Slots::clear(uint32_t index) {
  Slot &slot = slots_[index];
  if (!slot.cells.empty()) {
    backend_.forget(index, 0);
    slot.cells.clear();
  }
}

// Drops kept cells of free slots, the oldest first, until so many more fit.
void Slots::evict_for(uint64_t cells, const Placement &keep) {
  for (;;) {
    uint64_t kept = 0;
    std::optional<uint32_t> oldest;
    for (uint32_t i = 0; i < slots_.size(); i++) {
      if (i == keep.slot || slots_[i].request || slots_[i].cells.empty()) {
        continue;
      }
      kept += slots_[i].cells.size();
      if (i != keep.source && (!oldest || slots_[i].last_used < slots_[*oldest].last_used)) {
        oldest = i;
      }
    }
    if (!oldest || reserved_cells() + cells + kept <= kv_tokens_) {
      return;
    }
    clear(*oldest);
  }
}

}  // namespace r1
