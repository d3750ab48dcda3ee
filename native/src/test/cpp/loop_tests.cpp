// The engine over a backend with its own loop, scripted: what the LoopRunner makes of its news.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "check.h"
#include "core/engine.h"
#include "core/loop_backend.h"

using namespace r1;
using std::chrono::milliseconds;

namespace {

constexpr int32_t kWords = 40;
constexpr int32_t kEndId = 1;

// Emits one token per request and tick; after a cancel two more, then the end.
class ScriptedLoop final : public LoopBackend {
 public:
  Status load(const LoadRequest &, const std::function<bool(float)> &, ModelCard &card) override {
    card.context_tokens = 1000;
    card.kv_tokens = 100000;
    card.features = R1_CAN_LOGPROBS;
    card.end_ids = {kEndId};
    card.pieces.assign(kWords, "word");
    card.control.assign(kWords, 0);
    card.marker.assign(kWords, 0);
    return {};
  }
  Status tokenize(std::string_view, std::vector<int32_t> &) const override { return {}; }
  void abort() noexcept override {}

  void start(LoopEvents &events) override {
    thread_ = std::thread([this, &events] { run(events); });
  }

  Status submit(const Request &request) override {
    if (request.prompt[0] == 39) {
      return refuse(R1_UNSUPPORTED, "refused as scripted");
    }
    const std::lock_guard lock(mutex_);
    live_.emplace(request.id, Live{request, 0, -1});
    return {};
  }

  void cancel(uint64_t id) noexcept override {
    const std::lock_guard lock(mutex_);
    if (const auto found = live_.find(id); found != live_.end()) {
      CHECK(found->second.left < 0);  // told once
      found->second.left = 2;
    }
  }

  void stop() noexcept override {
    stopping_ = true;
    if (thread_.joinable()) {
      thread_.join();
    }
  }

  milliseconds stall_limit() const override { return milliseconds(200); }

  std::atomic<bool> hang{false};
  std::atomic<bool> die{false};

 private:
  struct Live {
    Request request;
    uint32_t produced;
    int left;  // tokens until a cancel takes effect; -1 = not cancelled
  };

  void run(LoopEvents &events) {
    while (!stopping_) {
      if (die) {
        events.fatal("a rank died as scripted");
        return;
      }
      if (!hang) {
        tick(events);
      }
      std::this_thread::yield();
    }
  }

  void tick(LoopEvents &events) {
    const std::lock_guard lock(mutex_);
    for (auto it = live_.begin(); it != live_.end();) {
      Live &live = it->second;
      const int32_t id = 2 + static_cast<int32_t>(live.produced) % 30;
      const float logprob = -0.5F;
      const std::vector<r1_top> tops(7, r1_top{id, -0.5F});
      const bool full = ++live.produced == live.request.max_tokens;
      const bool cancelled = live.left >= 0 && live.left-- == 0;
      News news;
      news.request_id = it->first;
      news.ids = {&id, 1};
      news.logprobs = {&logprob, 1};
      news.tops = tops;
      news.outcome = cancelled ? News::Outcome::kCancelled
                     : full    ? News::Outcome::kDone
                               : News::Outcome::kRunning;
      events.emit({&news, 1});
      it = news.outcome == News::Outcome::kRunning ? std::next(it) : live_.erase(it);
    }
  }

  std::mutex mutex_;
  std::map<uint64_t, Live> live_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

struct Seen {
  uint32_t tokens = 0, tops = 0;
  int ends = 0;
  r1_event last{};
};

class LoopBench {
 public:
  explicit LoopBench(uint32_t ring_events = 200) {
    r1_options options{};
    r1_options_default(&options);
    options.backend = "trtllm";
    options.model_path = "no-such-checkpoint";
    options.library_dir = "";
    options.max_sequences = 4;
    options.max_waiting = 60;
    options.ring_events = ring_events;
    auto loop = std::make_unique<ScriptedLoop>();
    loop_ = loop.get();
    engine_ = std::make_unique<Engine>(options, std::move(loop));
    while (engine_->state(milliseconds(1000)).phase == R1_LOADING) {
    }
  }

  Engine &engine() { return *engine_; }
  ScriptedLoop &loop() { return *loop_; }

  r1_status submit(uint64_t id, uint32_t tokens, uint32_t tops = 0, uint64_t deadline_us = 0,
                   int32_t prompt = 5) {
    r1_request request{};
    request.struct_size = sizeof request;
    request.request_id = id;
    request.prompt_ids = &prompt;
    request.prompt_count = 1;
    request.max_tokens = tokens;
    request.top_p = 1;
    request.flags = tops > 0 ? R1_LOGPROBS : 0;
    request.top_logprobs = tops;
    request.deadline_us = deadline_us;
    request.constraint_after_id = -1;
    return engine_->submit(request).code;
  }

  std::map<uint64_t, Seen> &until_ended(size_t requests) {
    std::vector<r1_event> events(64);
    size_t ended = 0;
    for (const auto &[id, seen] : seen_) {
      ended += seen.ends > 0 ? 1 : 0;
    }
    r1_status status = R1_OK;
    while (ended < requests && status != R1_FATAL) {
      uint32_t count = 0;
      status = engine_->poll(events, milliseconds(1000), count).code;
      for (const r1_event &event : std::span(events).first(count)) {
        ended += read(event);
      }
    }
    return seen_;
  }

 private:
  size_t read(const r1_event &event) {
    if (event.kind == R1_EVENT_STATS) {
      return 0;
    }
    Seen &seen = seen_[event.request_id];
    seen.tokens += event.kind == R1_EVENT_TOKEN ? 1 : 0;
    seen.tops += event.kind == R1_EVENT_TOP ? 1 : 0;
    if (event.kind != R1_EVENT_FINISHED && event.kind != R1_EVENT_ERROR) {
      return 0;
    }
    seen.ends++;
    seen.last = event;
    return 1;
  }

  ScriptedLoop *loop_ = nullptr;
  std::unique_ptr<Engine> engine_;
  std::map<uint64_t, Seen> seen_;
};

}  // namespace

TEST(aLoopsNewsBecomeEventsWithOneEndEach) {
  LoopBench bench;
  for (uint64_t id = 1; id <= 60; id++) {
    CHECK(bench.submit(id, 30, 7) == R1_OK);
  }
  for (const auto &[id, seen] : bench.until_ended(60)) {
    CHECK(seen.ends == 1 && seen.last.flags == R1_LENGTH && seen.tokens == 30);
    CHECK(seen.tops == 60);  // 7 alternatives take two records
    CHECK(seen.last.body.last.output_tokens == 30);
    CHECK(seen.last.body.last.cached_tokens == R1_UNKNOWN);
  }
}

TEST(aCutLoopRequestReportsItsOverrun) {
  LoopBench bench;
  CHECK(bench.submit(1, 900) == R1_OK);
  CHECK(bench.submit(2, 900, 0, 3000) == R1_OK);
  CHECK(bench.engine().cancel(1).ok());
  bench.engine().cancel(1);
  auto &seen = bench.until_ended(2);
  CHECK(seen.at(1).ends == 1 && seen.at(1).last.flags == R1_CANCELLED);
  CHECK(seen.at(1).last.body.last.overrun_tokens <= 3);
  CHECK(seen.at(2).last.flags == R1_DEADLINE || seen.at(2).last.flags == R1_LENGTH);
  CHECK(bench.engine().cancel(1).code == R1_NOT_FOUND);
  CHECK(bench.submit(3, 5, 0, 0, 39) == R1_UNSUPPORTED);
  CHECK(bench.submit(3, 5) == R1_OK);  // the refused one holds no place
  bench.until_ended(3);
}

TEST(aDrainedLoopEndsInTime) {
  LoopBench bench;
  for (uint64_t id = 1; id <= 20; id++) {
    CHECK(bench.submit(id, 999) == R1_OK);
  }
  CHECK(bench.engine().drain(std::chrono::microseconds(1)).ok());
  CHECK(bench.submit(21, 5) == R1_STATE);
  for (const auto &[id, seen] : bench.until_ended(20)) {
    CHECK(seen.ends == 1);
  }
  std::vector<r1_event> events(16);
  uint32_t count = 0;
  for (int i = 0; i < 100 && bench.engine().state(milliseconds(0)).phase != R1_DRAINED; i++) {
    bench.engine().poll(events, milliseconds(10), count);
  }
  CHECK(bench.engine().state(milliseconds(0)).phase == R1_DRAINED);
}

TEST(aDeadLoopEndsEveryRequestWithItsReason) {
  LoopBench bench;
  bench.loop().hang = true;
  for (uint64_t id = 1; id <= 20; id++) {
    CHECK(bench.submit(id, 50) == R1_OK);
  }
  bench.loop().die = true;
  for (const auto &[id, seen] : bench.until_ended(99)) {
    CHECK(seen.ends == 1 && seen.last.kind == R1_EVENT_ERROR && seen.last.token_id == R1_FATAL);
  }
  CHECK(bench.engine().failure() == "a rank died as scripted");
}

TEST(aLoopThatHangsIsFatal) {
  LoopBench bench;
  bench.loop().hang = true;
  CHECK(bench.submit(1, 50) == R1_OK);
  CHECK(bench.until_ended(99).at(1).last.token_id == R1_FATAL);
  CHECK(bench.engine().failure().find("no news") != std::string::npos);
}

TEST(manyThreadsSubmitAndCancelOnALoop) {
  LoopBench bench;
  std::vector<std::thread> threads;
  for (uint64_t thread = 0; thread < 4; thread++) {
    threads.emplace_back([&, thread] {
      for (uint64_t i = 0; i < 300; i++) {
        const uint64_t id = 1 + thread * 1000 + i;
        while (bench.submit(id, 20) == R1_QUEUE_FULL) {
          std::this_thread::yield();
        }
        if (i % 3 == 0) {
          bench.engine().cancel(id);
        }
      }
    });
  }
  const auto &seen = bench.until_ended(1200);
  for (std::thread &thread : threads) {
    thread.join();
  }
  CHECK(seen.size() == 1200);
  CHECK(std::all_of(seen.begin(), seen.end(), [](const auto &entry) {
    return entry.second.ends == 1 &&
           entry.second.last.body.last.output_tokens == entry.second.tokens;
  }));
}
