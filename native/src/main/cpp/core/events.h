// How tokens and ends become records of the ring.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/request.h"
#include "r1_engine.h"

namespace r1 {

[[nodiscard]] uint64_t ids_hash(uint64_t before, int32_t id);
[[nodiscard]] uint64_t micros(Clock::duration duration);

// Records of a token with so many piece bytes and alternatives.
[[nodiscard]] size_t records_of(size_t piece_bytes, size_t tops);

// Whether a record goes on with the token before it.
[[nodiscard]] inline bool continues(const r1_event &event) {
  return event.kind == R1_EVENT_CONT || event.kind == R1_EVENT_TOP;
}

// A token as its records tell it.
struct Token {
  int32_t id;
  uint16_t flags;  // R1_TOKEN_*
  float logprob = 0;
  std::span<const r1_top> tops;
};

// Counts the token in the tally and appends its records.
void append_token(std::vector<r1_event> &events, uint64_t request_id, Tally &tally,
                  const Token &token, const std::string &piece);

// Why and with what status a request ended.
struct End {
  uint16_t kind;    // FINISHED or ERROR
  uint16_t reason;  // of FINISHED
  r1_status status;
};
// The last event of a request that started.
[[nodiscard]] r1_event end_of_running(const Request &request, const Tally &tally, const End &end,
                                      Clock::time_point now);
// The last event of a request that never started.
[[nodiscard]] r1_event end_of_waiting(const Request &request, const End &end,
                                      Clock::time_point now);

// Without the phase, which is that of the poll.
[[nodiscard]] r1_event stats_event(const r1_stats_snapshot &stats);

}  // namespace r1
