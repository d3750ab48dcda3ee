#include <stdexcept>
#include <thread>

#include "check.h"
#include "core/event_ring.h"
#include "core/status.h"

using r1::EventRing;
using std::chrono::milliseconds;

namespace {

r1_event event(uint64_t id, uint16_t kind) {
  r1_event made{};
  made.request_id = id;
  made.kind = kind;
  return made;
}

// A token of `records` records.
std::vector<r1_event> token(uint64_t id, size_t records) {
  std::vector<r1_event> all(records, event(id, R1_EVENT_CONT));
  all[0].kind = R1_EVENT_TOKEN;
  return all;
}

}  // namespace

TEST(recordsOfOneTokenShareATake) {
  EventRing ring(32);
  ring.publish(token(1, 3));
  ring.publish(token(2, 3));
  std::vector<r1_event> taken(5);
  CHECK(ring.take(taken, milliseconds(0)) == 3);
  CHECK(taken[0].request_id == 1 && taken[2].kind == R1_EVENT_CONT);
  CHECK(ring.take(taken, milliseconds(0)) == 3);
  CHECK(taken[0].request_id == 2 && taken[0].kind == R1_EVENT_TOKEN);
  CHECK(ring.take(taken, milliseconds(0)) == 0);
}

TEST(orderSurvivesManyTurnsOfTheRing) {
  EventRing ring(7);
  std::vector<r1_event> taken(12);
  uint64_t next = 0;
  uint64_t expected = 0;
  bool in_order = true;
  for (int turn = 0; turn < 1000; turn++) {
    while (ring.room() >= 2) {
      ring.publish(token(next++, 2));
    }
    const size_t count = ring.take(std::span(taken).first(4), milliseconds(0));
    for (size_t i = 0; i < count; i += 2) {
      in_order = in_order && taken[i].request_id == expected && taken[i + 1].request_id == expected;
      expected++;
    }
  }
  CHECK(in_order && expected > 1000);
}

TEST(publishingWithoutRoomIsABugThatThrows) {
  EventRing ring(2);
  bool thrown = false;
  try {
    ring.publish(token(1, 3));
  } catch (const std::logic_error &) {
    thrown = true;
  }
  CHECK(thrown);
  CHECK(ring.room() == 2);
}

TEST(wakeEndsATakeAndCloseEndsAllWaits) {
  EventRing ring(4);
  std::vector<r1_event> taken(4);
  ring.wake();
  CHECK(ring.take(taken, milliseconds(60000)) == 0);
  ring.publish(token(1, 4));
  std::thread producer([&] { ring.wait_for_room(2); });
  ring.close();
  producer.join();
  CHECK(ring.take(taken, milliseconds(60000)) == 4);
  CHECK(ring.take(taken, milliseconds(60000)) == 0);
}

// How long a take waits that begins in a rest of ten minutes, while another thread does `other`.
template <typename Other>
milliseconds rested(EventRing &ring, milliseconds timeout, size_t expected, Other other) {
  std::vector<r1_event> taken(4);
  ring.publish(token(1, 1));
  CHECK(ring.take(taken, milliseconds(60000)) == 1);
  std::thread thread(other);
  const auto begun = std::chrono::steady_clock::now();
  CHECK(ring.take(taken, timeout) == expected);
  const auto ended = std::chrono::steady_clock::now();
  thread.join();
  return std::chrono::duration_cast<milliseconds>(ended - begun);
}

TEST(aTakeThatRestsIsNotWokenByAnEventAlone) {
  EventRing ring(4, std::chrono::minutes(10));
  bool slept_on = false;
  for (int i = 0; i < 20 && !slept_on; i++) {  // an event that is there before the take ends it
    const milliseconds waited =
        rested(ring, milliseconds(200), 1, [&] { ring.publish(token(2, 1)); });
    slept_on = waited >= milliseconds(200);
  }
  CHECK(slept_on);
}

TEST(aRestEndsWhereTheRingFillsOrTheProducerWaitsOrSomebodyWakesOrCloses) {
  const milliseconds longest(600000);
  const milliseconds soon(60000);
  EventRing ring(4, std::chrono::minutes(10));
  CHECK(rested(ring, longest, 3, [&] { ring.publish(token(2, 3)); }) < soon);
  CHECK(rested(ring, longest, 1, [&] {
          ring.publish(token(3, 1));
          ring.wait_for_room(4);
        }) < soon);
  CHECK(rested(ring, longest, 0, [&] { ring.wake(); }) < soon);
  CHECK(rested(ring, longest, 0, [&] { ring.close(); }) < soon);
}

TEST(aRestEndsForAFirstTokenAndForAnEnd) {
  const milliseconds longest(600000);
  const milliseconds soon(60000);
  EventRing ring(4, std::chrono::minutes(10));
  auto first = token(2, 1);
  first[0].body.token.index = 1;
  CHECK(rested(ring, longest, 1, [&] { ring.publish(first); }) < soon);
  for (const uint16_t last : {R1_EVENT_FINISHED, R1_EVENT_ERROR}) {
    const std::vector<r1_event> end{event(2, last)};
    CHECK(rested(ring, longest, 1, [&] { ring.publish(end); }) < soon);
  }
}

TEST(aRestIsOverAfterItsTime) {
  EventRing ring(4);
  std::vector<r1_event> taken(4);
  ring.publish(token(1, 1));
  CHECK(ring.take(taken, milliseconds(60000)) == 1);
  CHECK(ring.take(taken, milliseconds(0)) == 0);
  std::thread producer([&] { ring.publish(token(2, 1)); });
  CHECK(ring.take(taken, milliseconds(60000)) == 1 && taken[0].request_id == 2);
  producer.join();
}

TEST(producerAndConsumerMeet) {
  EventRing ring(16);
  constexpr uint64_t kEvents = 20000;
  std::thread producer([&] {
    for (uint64_t id = 0; id < kEvents; id++) {
      ring.wait_for_room(1);
      const r1_event one = event(id, R1_EVENT_TOKEN);
      ring.publish({&one, 1});
    }
  });
  std::vector<r1_event> taken(12);
  uint64_t expected = 0;
  bool in_order = true;
  while (expected < kEvents) {
    const size_t count = ring.take(taken, milliseconds(1000));
    for (size_t i = 0; i < count; i++) {
      in_order = in_order && taken[i].request_id == expected++;
    }
  }
  producer.join();
  CHECK(in_order);
}

TEST(guardKeepsExceptionsInAndTheirReason) {
  CHECK(r1::guard([]() -> r1::Status { throw std::runtime_error("a reason"); }) == R1_REQUEST);
  CHECK(std::string(r1::remembered_error()) == "a reason");
  CHECK(r1::guard([]() -> r1::Status { throw 7; }) == R1_REQUEST);
  CHECK(r1::guard([] { return r1::refuse(R1_INVALID, std::string(5000, 'x')); }) == R1_INVALID);
  CHECK(std::string(r1::remembered_error()) == std::string(R1_ERROR_BYTES_MAX - 1, 'x'));
  std::thread([] { CHECK(std::string(r1::remembered_error()).empty()); }).join();
}
