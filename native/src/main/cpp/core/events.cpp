#include "core/events.h"

#include <algorithm>
#include <cstring>

namespace r1 {
namespace {

constexpr uint64_t kFnvPrime = 0x100000001b3ULL;
constexpr size_t kFirstPieceBytes = 32;
constexpr size_t kMorePieceBytes = 48;

r1_event last_event(const Request &request, const End &end) {
  r1_event event{};
  event.request_id = request.id;
  event.kind = end.kind;
  event.flags = end.reason;
  event.token_id = end.status;
  event.body.last.ids_hash = kNoIdsHash;
  return event;
}

}  // namespace

uint64_t ids_hash(uint64_t before, int32_t id) {
  uint64_t hash = before;
  for (int shift = 0; shift < 32; shift += 8) {
    hash = (hash ^ (static_cast<uint32_t>(id) >> shift & 0xffU)) * kFnvPrime;
  }
  return hash;
}

uint64_t micros(Clock::duration duration) {
  const auto count = std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
  return static_cast<uint64_t>(std::max<int64_t>(count, 0));
}

size_t records_of(size_t piece_bytes) {
  const size_t more = piece_bytes > kFirstPieceBytes ? piece_bytes - kFirstPieceBytes : 0;
  return 1 + (more + kMorePieceBytes - 1) / kMorePieceBytes;
}

void append_token(std::vector<r1_event> &events, const Slot &slot, int32_t id, uint16_t flags,
                  const std::string &piece) {
  r1_event event{};
  event.request_id = slot.request->id;
  event.kind = R1_EVENT_TOKEN;
  event.flags = flags;
  event.token_id = id;
  event.body.token.index = slot.produced;
  event.body.token.piece_bytes = static_cast<uint16_t>(piece.size());
  event.body.token.cached_tokens = slot.cached;
  std::memcpy(event.body.token.piece, piece.data(), std::min(piece.size(), kFirstPieceBytes));
  events.push_back(event);
  for (size_t at = kFirstPieceBytes; at < piece.size(); at += kMorePieceBytes) {
    r1_event more{};
    more.request_id = slot.request->id;
    more.kind = R1_EVENT_CONT;
    std::memcpy(more.body.more, piece.data() + at, std::min(piece.size() - at, kMorePieceBytes));
    events.push_back(more);
  }
}

r1_event end_of_running(const Slot &slot, const End &end, Clock::time_point now) {
  const Request &request = *slot.request;
  r1_event event = last_event(request, end);
  auto &last = event.body.last;
  last.prompt_tokens = static_cast<uint32_t>(std::min(slot.cells.size(), request.prompt.size()));
  last.cached_tokens = slot.cached;
  last.output_tokens = slot.produced;
  last.queue_us = micros(slot.started - request.submitted);
  const bool has_output = slot.produced > 0;
  last.prefill_us = micros((has_output ? slot.first_token : now) - slot.started);
  last.decode_us = has_output ? micros(now - slot.first_token) : 0;
  last.ids_hash = slot.hash;
  return event;
}

r1_event end_of_waiting(const Request &request, const End &end, Clock::time_point now) {
  r1_event event = last_event(request, end);
  event.body.last.queue_us = micros(now - request.submitted);
  return event;
}

}  // namespace r1
