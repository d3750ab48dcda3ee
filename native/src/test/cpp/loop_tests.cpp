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
constexpr int32_t kRefused = 39, kFatal = 38;  // as prompts

// Emits one token per request and tick; after a cancel two more, then one with the end.
class ScriptedLoop final : public LoopBackend {
 public:
  Status load(const LoadRequest &, const std::function<bool(float)> &, ModelCard &card) override {
    card.context_tokens = 1000;
    card.kv_tokens = 100000;
    card.features = R1_CAN_LOGPROBS;
    card.end_ids = {end_id};
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
    if (request.prompt[0] == kRefused) {
      return refuse(R1_UNSUPPORTED, "refused as scripted");
    }
    if (request.prompt[0] == kFatal) {  // and the engine ends all before this returns
      die = true;
      while (!over) {
        std::this_thread::yield();
      }
      CHECK(request.prompt.size() == 1 && request.prompt[0] == kFatal);
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

  milliseconds stall_limit() const override { return stall; }

  milliseconds stall{200};
  int32_t end_id = kEndId;
  // At so many tokens a request makes no more until it is cancelled.
  uint32_t hold_at = UINT32_MAX;
  News::Outcome ends_as = News::Outcome::kLength;
  bool has_logprobs = true;
  bool together = false;                // three tokens in one news, with 3, 0 and 1 alternatives
  uint64_t odd_request = 0;             // it gets an id outside the vocabulary
  std::atomic<bool> stop_early{false};  // the end comes with the second token
  std::atomic<bool> hang{false};
  std::atomic<bool> die{false};
  std::atomic<bool> over{false};

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
      if (live.left < 0 && live.produced == hold_at) {
        it++;
        continue;
      }
      if (together) {
        tell_three(events, it->first);
        it = live_.erase(it);
        continue;
      }
      const bool odd = it->first == odd_request;
      const int32_t id = odd ? kWords : 2 + static_cast<int32_t>(live.produced) % 30;
      const float logprob = -0.5F;
      const std::vector<r1_top> tops(7, r1_top{id, -0.5F});
      const uint8_t top_count = 7;
      const bool full = ++live.produced == (stop_early ? 2 : live.request.max_tokens);
      const bool cancelled = live.left >= 0 && live.left-- == 0;
      News news;
      news.request_id = it->first;
      news.ids = {&id, 1};
      if (has_logprobs) {
        news.logprobs = {&logprob, 1};
        news.tops = tops;
        news.top_counts = {&top_count, 1};
      }
      news.outcome = cancelled ? News::Outcome::kCancelled
                     : full    ? ends_as
                               : News::Outcome::kRunning;
      events.emit({&news, 1});
      it = news.outcome == News::Outcome::kRunning ? std::next(it) : live_.erase(it);
    }
  }

  static void tell_three(LoopEvents &events, uint64_t id) {
    const std::vector<int32_t> ids = {2, 3, 4};
    const std::vector<float> logprobs(3, -0.5F);
    const std::vector<r1_top> tops = {{2, -1}, {3, -2}, {9, -3}, {4, -1}};
    const std::vector<uint8_t> counts = {3, 0, 1};
    News news;
    news.request_id = id;
    news.ids = ids;
    news.logprobs = logprobs;
    news.tops = tops;
    news.top_counts = counts;
    news.outcome = News::Outcome::kLength;
    events.emit({&news, 1});
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
  explicit LoopBench(const std::function<void(ScriptedLoop &)> &script = [](ScriptedLoop &) {}) {
    r1_options options{};
    r1_options_default(&options);
    options.backend = "trtllm";
    options.model_path = "no-such-checkpoint";
    options.library_dir = "";
    options.max_sequences = 4;
    options.max_waiting = 60;
    options.ring_events = 200;
    auto loop = std::make_unique<ScriptedLoop>();
    loop_ = loop.get();
    script(*loop_);
    engine_ = std::make_unique<Engine>(options, std::move(loop));
    while (engine_->state(milliseconds(1000)).phase == R1_LOADING) {
    }
  }

  Engine &engine() { return *engine_; }
  ScriptedLoop &loop() { return *loop_; }
  // Of all tokens in their order: how many alternatives, and the first of those that have some.
  const std::vector<uint16_t> &top_counts() const { return top_counts_; }
  const std::vector<int32_t> &first_tops() const { return first_tops_; }

  r1_status submit(uint64_t id, uint32_t tokens, uint32_t tops = 0, uint64_t deadline_us = 0,
                   int32_t prompt = 5) {
    r1_request request = asked(id, tokens, prompt);
    request.flags = tops > 0 ? R1_LOGPROBS : 0;
    request.top_logprobs = tops;
    request.deadline_us = deadline_us;
    return engine_->submit(request).code;
  }

  // Valid as long as the prompt.
  static r1_request asked(uint64_t id, uint32_t tokens, const int32_t &prompt) {
    r1_request request{};
    request.struct_size = sizeof request;
    request.request_id = id;
    request.prompt_ids = &prompt;
    request.prompt_count = 1;
    request.max_tokens = tokens;
    request.top_p = 1;
    request.constraint_after_id = -1;
    return request;
  }

  // Polls until this request has so many tokens or an end.
  Seen &until_tokens(uint64_t id, uint32_t tokens) {
    Seen &seen = seen_[id];
    while (seen.tokens < tokens && seen.ends == 0 && poll() != R1_FATAL) {
    }
    return seen;
  }

  std::map<uint64_t, Seen> &until_ended(size_t requests) {
    const auto has_ended = [](const auto &entry) { return entry.second.ends > 0; };
    while (std::count_if(seen_.begin(), seen_.end(), has_ended) <
               static_cast<std::ptrdiff_t>(requests) &&
           poll() != R1_FATAL) {
    }
    return seen_;
  }

 private:
  r1_status poll() {
    std::vector<r1_event> events(64);
    uint32_t count = 0;
    const r1_status status = engine_->poll(events, milliseconds(1000), count).code;
    for (const r1_event &event : std::span(events).first(count)) {
      read(event);
    }
    return status;
  }

  void read(const r1_event &event) {
    if (event.kind == R1_EVENT_STATS) {
      return;
    }
    Seen &seen = seen_[event.request_id];
    seen.tokens += event.kind == R1_EVENT_TOKEN ? 1 : 0;
    seen.tops += event.kind == R1_EVENT_TOP ? 1 : 0;
    if (event.kind == R1_EVENT_TOKEN) {
      top_counts_.push_back(event.body.token.top_count);
    } else if (event.kind == R1_EVENT_TOP) {
      first_tops_.push_back(event.body.top[0].id);
    }
    if (event.kind == R1_EVENT_FINISHED || event.kind == R1_EVENT_ERROR) {
      seen.ends++;
      seen.last = event;
    }
  }

  std::vector<uint16_t> top_counts_;
  std::vector<int32_t> first_tops_;
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
  LoopBench bench([](ScriptedLoop &loop) {
    loop.hold_at = 10;
    loop.stall = milliseconds(10000);
  });
  CHECK(bench.submit(1, 900) == R1_OK);
  CHECK(bench.submit(2, 900, 0, 3000) == R1_OK);
  bench.until_tokens(1, 10);
  CHECK(bench.engine().cancel(1).ok());
  bench.engine().cancel(1);
  auto &seen = bench.until_ended(2);
  CHECK(seen.at(1).ends == 1 && seen.at(1).last.flags == R1_CANCELLED);
  CHECK(seen.at(1).tokens == 10 && seen.at(1).last.body.last.overrun_tokens == 3);
  CHECK(seen.at(2).last.flags == R1_DEADLINE);
  CHECK(seen.at(2).last.body.last.overrun_tokens >= 3);
  CHECK(bench.engine().cancel(1).code == R1_NOT_FOUND);
}

TEST(aRefusedLoopRequestHoldsNoPlace) {
  LoopBench bench;
  CHECK(bench.submit(3, 5, 0, 0, kRefused) == R1_UNSUPPORTED);
  CHECK(bench.submit(3, 5) == R1_OK);
  CHECK(bench.until_ended(1).at(3).last.flags == R1_LENGTH);
}

TEST(aStopThatTheLoopDoesNotKnowEndsItAllTheSame) {
  LoopBench bench([](ScriptedLoop &loop) {
    loop.hold_at = 6;
    loop.stall = milliseconds(10000);
  });
  const int32_t prompt = 5;
  const int32_t stop = 5;  // the fourth token
  r1_request request = LoopBench::asked(1, 900, prompt);
  request.stop_ids = &stop;
  request.stop_count = 1;
  CHECK(bench.engine().submit(request).ok());
  const Seen &seen = bench.until_ended(1).at(1);
  CHECK(seen.last.kind == R1_EVENT_FINISHED && seen.last.flags == R1_STOP_ID);
  CHECK(seen.tokens == 4 && seen.last.body.last.output_tokens == 4);
  CHECK(seen.last.body.last.overrun_tokens >= 3);
  CHECK(seen.last.body.last.overrun_tokens <= 5);  // two to the hold, three after the cancel
}

TEST(anEndThatTheLoopKeepsToItselfIsAnEnd) {
  LoopBench bench([](ScriptedLoop &loop) { loop.ends_as = News::Outcome::kStopped; });
  CHECK(bench.submit(1, 5) == R1_OK);
  CHECK(bench.until_tokens(1, 5).tokens == 5);
  CHECK(bench.until_ended(1).at(1).last.flags == R1_LENGTH);  // the engine counts, too
  bench.loop().stop_early = true;
  CHECK(bench.submit(2, 5) == R1_OK);
  const Seen &seen = bench.until_ended(2).at(2);
  CHECK(seen.last.flags == R1_END && seen.tokens < 5);
}

TEST(anIdThatIsNoneFailsItsRequestAlone) {
  LoopBench bench([](ScriptedLoop &loop) {
    loop.odd_request = 1;
    loop.hold_at = 40;
    loop.stall = milliseconds(10000);
  });
  CHECK(bench.submit(1, 900) == R1_OK);
  CHECK(bench.submit(2, 30) == R1_OK);
  auto &seen = bench.until_ended(2);
  CHECK(seen.at(1).last.kind == R1_EVENT_ERROR && seen.at(1).last.token_id == R1_REQUEST);
  CHECK(seen.at(1).tokens == 0);
  CHECK(seen.at(1).last.body.last.overrun_tokens <= 43);  // it was cancelled
  CHECK(seen.at(2).last.flags == R1_LENGTH && seen.at(2).tokens == 30);
}

TEST(aLogprobThatIsMissingFailsItsRequest) {
  LoopBench bench([](ScriptedLoop &loop) { loop.has_logprobs = false; });
  CHECK(bench.submit(1, 30, 7) == R1_OK);
  CHECK(bench.submit(2, 30) == R1_OK);
  auto &seen = bench.until_ended(2);
  CHECK(seen.at(1).last.kind == R1_EVENT_ERROR && seen.at(1).tokens == 0);
  CHECK(seen.at(2).last.flags == R1_LENGTH);
}

TEST(alternativesStayWithTheirTokens) {
  LoopBench bench([](ScriptedLoop &loop) { loop.together = true; });
  CHECK(bench.submit(1, 3, 3) == R1_OK);
  bench.until_ended(1);
  CHECK((bench.top_counts() == std::vector<uint16_t>{3, 0, 1}));
  CHECK((bench.first_tops() == std::vector<int32_t>{2, 4}));  // of the first and third token
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

TEST(aSubmitThatALoopsDeathOvertakesIsRefusedWithoutAnEvent) {
  LoopBench bench;
  bench.loop().hang = true;
  CHECK(bench.submit(1, 50) == R1_OK);
  std::thread polls([&] {
    bench.until_ended(99);
    bench.loop().over = true;
  });
  CHECK(bench.submit(2, 50, 0, 0, kFatal) == R1_STATE);
  polls.join();
  const auto &seen = bench.until_ended(99);
  CHECK(seen.at(1).last.token_id == R1_FATAL);
  CHECK(!seen.contains(2));
}

TEST(aCardWithIdsOutsideItsVocabularyIsRefused) {
  for (const int32_t id : {kWords, -1, INT32_MAX}) {
    LoopBench bench([id](ScriptedLoop &loop) { loop.end_id = id; });
    CHECK(bench.engine().state(milliseconds(0)).status == R1_MODEL);
    CHECK(bench.engine().failure().find("end token") != std::string::npos);
  }
}

TEST(aConstraintThatIsNoTextIsInvalid) {
  LoopBench bench;
  const int32_t prompt = 5;
  r1_request request = LoopBench::asked(1, 9, prompt);
  request.constraint_kind = R1_REGEX;
  request.constraint = "a\xff";
  CHECK(bench.engine().submit(request).code == R1_INVALID);
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
