// The places where requests run, and whose cells of the cache are whose.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/batch_backend.h"
#include "core/request.h"

namespace r1 {

// A place for one sequence. Its cells stay after the request ends, for requests of equal salt.
struct Slot {
  std::optional<Request> request;
  std::vector<int32_t> cells;  // ids in the cache, by position
  uint64_t salt = 0;
  uint64_t last_used = 0;
  Tally tally;
  int32_t next = -1;  // sampled, not yet in the cache

  [[nodiscard]] bool prefilling() const { return cells.size() < request->prompt.size(); }
};

class Slots {
 public:
  Slots(BatchBackend &backend, uint32_t count, uint64_t kv_tokens);

  [[nodiscard]] uint32_t size() const { return static_cast<uint32_t>(slots_.size()); }
  Slot &operator[](uint32_t index) { return slots_[index]; }

  // Cells that running requests may still need.
  [[nodiscard]] uint64_t reserved_cells() const;
  [[nodiscard]] uint32_t running() const;

  // The free slot that holds most of the prompt, else the one unused for longest; none if no slot
  // is free or its cells would not fit.
  [[nodiscard]] std::optional<uint32_t> find(const Request &request) const;
  // Places the request in a slot that find() gave, with what it may keep of the slot's cells.
  void place(uint32_t index, Request request, Clock::time_point now);
  // Takes the request out; its cells stay for others if it has a salt.
  void release(uint32_t index, uint64_t step);
  // Drops all cells of a slot.
  void clear(uint32_t index);

 private:
  void evict_for(uint64_t cells, uint32_t keep);

  BatchBackend &backend_;
  const uint64_t kv_tokens_;
  std::vector<Slot> slots_;
};

}  // namespace r1
