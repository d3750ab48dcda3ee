#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "check.h"
#include "jni/handles.h"

using r1::jni::Pin;

namespace {

r1_engine *simulated() {
  r1_options options{};
  r1_options_default(&options);
  options.backend = "sim";
  options.model_path = "r1-8xb200";
  options.library_dir = "";
  options.backend_json = R"({"clock":"virtual"})";
  options.flags |= R1_ALLOW_SIMULATED;
  r1_engine *engine = nullptr;
  CHECK(r1_engine_create(&options, &engine) == R1_OK);
  return engine;
}

bool is_open(jlong handle) { return Pin(handle).engine() != nullptr; }

}  // namespace

TEST(aHandleIsOfOneEngineForEver) {
  const jlong first = r1::jni::add(simulated());
  CHECK(first != 0 && is_open(first));
  r1::jni::close(first);
  CHECK(!is_open(first));
  r1::jni::close(first);                           // again is nothing
  const jlong second = r1::jni::add(simulated());  // in the same slot
  CHECK(second != first && is_open(second) && !is_open(first));
  r1::jni::close(first);
  CHECK(is_open(second));
  r1::jni::close(second);
  for (const jlong none : {jlong{0}, jlong{-1}, jlong{64}, second + 256}) {
    CHECK(!is_open(none));
  }
}

TEST(whoUsesAnEngineKeepsItUntilTheCallReturns) {
  for (int round = 0; round < 20; round++) {
    const jlong handle = r1::jni::add(simulated());
    std::atomic<int> inside = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; i++) {
      threads.emplace_back([&] {
        std::array<r1_event, 16> events{};
        for (bool first = true;; first = false) {
          const Pin pin(handle);
          inside += first ? 1 : 0;
          if (pin.engine() == nullptr) {
            return;
          }
          uint32_t count = 0;
          r1_poll(pin.engine(), events.data(), events.size(), 1000, &count);
          r1_stats_snapshot stats{};
          r1_stats(pin.engine(), &stats);
        }
      });
    }
    while (inside < 4) {
      std::this_thread::yield();
    }
    std::thread other([&] { r1::jni::close(handle); });
    r1::jni::close(handle);
    other.join();
    for (std::thread &thread : threads) {
      thread.join();
    }
    CHECK(!is_open(handle));
  }
}
