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

size_t parts(size_t whole, size_t part) { return (whole + part - 1) / part; }

void append_rest(std::vector<r1_event> &events, uint64_t request_id, const std::string &piece) {
  for (size_t at = kFirstPieceBytes; at < piece.size(); at += kMorePieceBytes) {
    r1_event more{};
    more.request_id = request_id;
    more.kind = R1_EVENT_CONT;
    std::memcpy(more.body.more, piece.data() + at, std::min(piece.size() - at, kMorePieceBytes));
    events.push_back(more);
  }
}

void append_tops(std::vector<r1_event> &events, uint64_t request_id, std::span<const r1_top> tops) {
  for (size_t at = 0; at < tops.size(); at += R1_TOPS_PER_EVENT) {
    r1_event top{};
    top.request_id = request_id;
    top.kind = R1_EVENT_TOP;
    const auto some = tops.subspan(at, std::min<size_t>(tops.size() - at, R1_TOPS_PER_EVENT));
    std::copy(some.begin(), some.end(), top.body.top);
    events.push_back(top);
  }
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

size_t records_of(size_t piece_bytes, size_t tops) {
  const size_t more = piece_bytes > kFirstPieceBytes ? piece_bytes - kFirstPieceBytes : 0;
  return 1 + parts(more, kMorePieceBytes) + parts(tops, R1_TOPS_PER_EVENT);
}

void append_token(std::vector<r1_event> &events, uint64_t request_id, Tally &tally,
                  const Token &token, const std::string &piece) {
  tally.produced++;
  tally.hash = ids_hash(tally.hash, token.id);
  r1_event event{};
  event.request_id = request_id;
  event.kind = R1_EVENT_TOKEN;
  event.flags = token.flags;
  event.token_id = token.id;
  event.body.token.logprob = token.logprob;
  event.body.token.index = tally.produced;
  event.body.token.piece_bytes = static_cast<uint16_t>(piece.size());
  event.body.token.top_count = static_cast<uint16_t>(token.tops.size());
  event.body.token.cached_tokens = tally.cached;
  std::memcpy(event.body.token.piece, piece.data(), std::min(piece.size(), kFirstPieceBytes));
  events.push_back(event);
  append_rest(events, request_id, piece);
  append_tops(events, request_id, token.tops);
}

r1_event end_of_running(const Request &request, const Tally &tally, const End &end,
                        Clock::time_point now) {
  r1_event event = last_event(request, end);
  auto &last = event.body.last;
  last.prompt_tokens = tally.prompt;
  last.cached_tokens = tally.cached;
  last.output_tokens = tally.produced;
  last.overrun_tokens = tally.overrun;
  last.queue_us = micros(tally.started - request.submitted);
  const bool has_output = tally.produced > 0;
  last.prefill_us = micros((has_output ? tally.first_token : now) - tally.started);
  last.decode_us = has_output ? micros(now - tally.first_token) : 0;
  last.ids_hash = tally.hash;
  return event;
}

r1_event end_of_waiting(const Request &request, const End &end, Clock::time_point now) {
  r1_event event = last_event(request, end);
  event.body.last.queue_us = micros(now - request.submitted);
  return event;
}

r1_event stats_event(const r1_stats_snapshot &stats) {
  r1_event event{};
  event.kind = R1_EVENT_STATS;
  auto &body = event.body.stats;
  body.waiting = static_cast<uint32_t>(stats.waiting);
  body.running = static_cast<uint32_t>(stats.running);
  body.kv_tokens_used = static_cast<uint32_t>(std::min<uint64_t>(stats.kv_tokens_used, UINT32_MAX));
  body.kv_tokens_total =
      static_cast<uint32_t>(std::min<uint64_t>(stats.kv_tokens_total, UINT32_MAX));
  body.prompt_tokens = stats.prompt_tokens;
  body.output_tokens = stats.output_tokens;
  body.prefix_hit_tokens = stats.prefix_hit_tokens;
  body.steps = stats.steps;
  return event;
}

}  // namespace r1
