// The places where requests run, and whose cells of the cache are whose.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/batch_backend.h"
#include "core/repeats.h"
#include "core/request.h"
#include "core/token_filter.h"

namespace r1 {

// A place for one sequence. Its cells stay after the request ends, for requests of equal salt.
struct Slot {
  std::optional<Request> request;
  std::vector<int32_t> cells;  // ids in the cache, by position
  uint64_t salt = 0;
  uint64_t last_used = 0;
  Tally tally;
  Repeats repeats;  // if the request has penalties
  std::optional<TokenFilter> filter;
  int32_t next = -1;  // sampled, not yet in the cache

  [[nodiscard]] bool prefilling() const { return cells.size() < request->prompt.size(); }
};

// Where a request will run, and whose cells it starts with.
struct Placement {
  uint32_t slot;
  uint32_t source;  // the same slot, or one to share with
  size_t shared;    // tokens of the prompt that the source holds; 0 = none
};

class Slots {
 public:
  Slots(BatchBackend &backend, uint32_t count, uint64_t kv_tokens, bool prefix_cache);

  [[nodiscard]] uint32_t size() const { return static_cast<uint32_t>(slots_.size()); }
  Slot &operator[](uint32_t index) { return slots_[index]; }
  const Slot &operator[](uint32_t index) const { return slots_[index]; }

  // Cells that running requests may still need.
  [[nodiscard]] uint64_t reserved_cells() const;
  [[nodiscard]] uint32_t running() const;

  // Cells kept for later requests.
  [[nodiscard]] uint64_t kept_cells() const;

  // The free slot beside running ones, or else unused for longest, with the longest prefix of the
  // prompt that any slot holds; none if no slot is free or its cells would not fit.
  [[nodiscard]] std::optional<Placement> find(const Request &request) const;
  // Places the request where find() said.
  void place(const Placement &placement, Request request, Clock::time_point now);
  // Takes the request out; its cells stay for others if it has a salt.
  void release(uint32_t index, uint64_t step);
  // Drops the cells of a slot from this position on, or all if only that is possible.
  void cut(uint32_t index, size_t tokens);
  // Drops all cells of a slot.
  void clear(uint32_t index);

 private:
  // Beside running ones first, for only sequences that follow each other are computed together;
  // then the one whose cells were used longest ago, or has none.
  [[nodiscard]] std::optional<uint32_t> best_free(std::optional<uint32_t> except) const;
  [[nodiscard]] int running_beside(uint32_t index) const;
  [[nodiscard]] Placement longest_prefix(const Request &request) const;
  void take_prefix(const Placement &placement);
  void evict_for(uint64_t cells, const Placement &keep);

  BatchBackend &backend_;
  const uint64_t kv_tokens_;
  const bool prefix_cache_;
  std::vector<Slot> slots_;
};

}  // namespace r1
