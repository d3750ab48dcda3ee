#include "core/slots.h"

#include <algorithm>

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

Slots::Slots(BatchBackend &backend, uint32_t count, uint64_t kv_tokens)
    : backend_(backend), kv_tokens_(kv_tokens), slots_(count) {}

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

std::optional<uint32_t> Slots::find(const Request &request) const {
  if (reserved_cells() + request.cells() > kv_tokens_) {
    return std::nullopt;
  }
  std::optional<uint32_t> best;
  size_t best_shared = 0;
  for (uint32_t i = 0; i < slots_.size(); i++) {
    if (slots_[i].request) {
      continue;
    }
    const size_t shared = shared_prefix(slots_[i], request);
    const bool better = !best || shared > best_shared ||
                        (shared == best_shared && slots_[i].last_used < slots_[*best].last_used);
    if (better) {
      best = i;
      best_shared = shared;
    }
  }
  return best;
}

void Slots::place(uint32_t index, Request request, Clock::time_point now) {
  evict_for(request.cells(), index);
  Slot &slot = slots_[index];
  size_t shared = shared_prefix(slot, request);
  shared = std::min(shared, request.prompt.size() - 1);  // the last token's logits are needed
  if (shared >= kSharedPrefixMin && backend_.forget(index, static_cast<int32_t>(shared))) {
    slot.cells.resize(shared);
  } else {
    clear(index);
  }
  slot.salt = request.cache_salt;
  slot.tally = {};
  slot.tally.cached = static_cast<uint32_t>(slot.cells.size());
  slot.tally.started = now;
  slot.next = -1;
  slot.request = std::move(request);
}

void Slots::release(uint32_t index, uint64_t step) {
  Slot &slot = slots_[index];
  slot.last_used = step;
  slot.request.reset();
  if (slot.salt == 0) {
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
void Slots::evict_for(uint64_t cells, uint32_t keep) {
  for (;;) {
    uint64_t kept = 0;
    std::optional<uint32_t> oldest;
    for (uint32_t i = 0; i < slots_.size(); i++) {
      if (i == keep || slots_[i].request || slots_[i].cells.empty()) {
        continue;
      }
      kept += slots_[i].cells.size();
      if (!oldest || slots_[i].last_used < slots_[*oldest].last_used) {
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
