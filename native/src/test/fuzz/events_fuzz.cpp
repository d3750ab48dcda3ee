// Tokens of any size through a small ring, taken in parts of any size: no record is lost, doubled
// or divided.
#include <cstdlib>
#include <string>

#include "core/event_ring.h"
#include "core/events.h"

namespace {

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

// Reads what came: pieces and alternatives as they were written.
struct Reader {
  uint32_t tokens = 0;
  size_t open_bytes = 0;
  size_t open_tops = 0;

  void read(const r1_event &event) {
    if (event.kind == R1_EVENT_TOKEN) {
      require(open_bytes == 0 && open_tops == 0 && event.body.token.index == ++tokens);
      open_bytes = event.body.token.piece_bytes > 32 ? event.body.token.piece_bytes - 32U : 0;
      open_tops = event.body.token.top_count;
    } else if (event.kind == R1_EVENT_CONT) {
      require(open_bytes > 0);
      open_bytes -= std::min<size_t>(open_bytes, 48);
    } else {
      require(event.kind == R1_EVENT_TOP && open_bytes == 0 && open_tops > 0);
      open_tops -= std::min<size_t>(open_tops, R1_TOPS_PER_EVENT);
    }
  }

  void at_poll_end() const { require(open_bytes == 0 && open_tops == 0); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  r1::EventRing ring(64);
  r1::Tally tally;
  Reader reader;
  std::vector<r1_event> taken(64);
  const std::vector<r1_top> tops(R1_TOP_LOGPROBS_MAX, r1_top{7, -1});
  const auto take = [&](size_t most) {
    const size_t got = ring.take(std::span(taken).first(most), std::chrono::milliseconds(0));
    for (const r1_event &event : std::span(taken).first(got)) {
      reader.read(event);
    }
    reader.at_poll_end();
    return got;
  };
  uint32_t written = 0;
  for (size_t i = 0; i + 1 < size; i += 2) {
    const std::string piece(data[i] * 2U, 'x');
    const size_t alternatives = data[i + 1] % (R1_TOP_LOGPROBS_MAX + 1);
    std::vector<r1_event> events;
    r1::append_token(events, 1, tally, {9, 0, -1, std::span(tops).first(alternatives)}, piece);
    require(events.size() == r1::records_of(piece.size(), alternatives));
    while (ring.room() < events.size()) {
      take(R1_EVENTS_PER_TOKEN_MAX + data[i + 1] % 40);
    }
    ring.publish(events);
    written++;
  }
  while (take(R1_EVENTS_PER_TOKEN_MAX) > 0) {
  }
  require(reader.tokens == written);
  return 0;
}
