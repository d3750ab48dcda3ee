// How tokens and ends become records of the ring.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/slots.h"
#include "r1_engine.h"

namespace r1 {

inline constexpr uint64_t kNoIdsHash = 0xcbf29ce484222325ULL;  // FNV-1a of nothing

[[nodiscard]] uint64_t ids_hash(uint64_t before, int32_t id);
[[nodiscard]] uint64_t micros(Clock::duration duration);

// Records of a token whose piece has so many bytes.
[[nodiscard]] size_t records_of(size_t piece_bytes);

// Why and with what status a request ended.
struct End {
  uint16_t kind;    // FINISHED or ERROR
  uint16_t reason;  // of FINISHED
  r1_status status;
};

void append_token(std::vector<r1_event> &events, const Slot &slot, int32_t id, uint16_t flags,
                  const std::string &piece);
// The last event of a request that ran in this slot.
[[nodiscard]] r1_event end_of_running(const Slot &slot, const End &end, Clock::time_point now);
// The last event of a request that never started.
[[nodiscard]] r1_event end_of_waiting(const Request &request, const End &end,
                                      Clock::time_point now);

}  // namespace r1
