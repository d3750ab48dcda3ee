// Submits, cancels, polls and drains in any order, with any numbers in a request, on the simulated
// engine: no fault, and exactly one last event of every accepted request.
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <vector>

#include "r1_engine.h"

namespace {

void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

class Input {
 public:
  Input(const uint8_t *data, size_t size) : at_(data), end_(data + size) {}

  [[nodiscard]] bool more() const { return at_ < end_; }
  uint8_t byte() { return more() ? *at_++ : 0; }
  float number() {
    const uint8_t kind = byte();
    return kind == 255 ? NAN : kind == 254 ? -INFINITY : static_cast<float>(kind - 20) / 10;
  }

 private:
  const uint8_t *at_;
  const uint8_t *end_;
};

class Session {
 public:
  explicit Session(Input &input) : input_(input) {
    r1_options options{};
    r1_options_default(&options);
    options.backend = "sim";
    options.model_path = "r1-8xb200";
    options.library_dir = "";
    options.backend_json = R"({"clock":"virtual"})";
    options.flags |= R1_ALLOW_SIMULATED;
    options.max_sequences = 1 + input_.byte() % 4;
    options.max_waiting = input_.byte() % 8;
    options.step_tokens = 8;
    options.chunk_tokens = 1 + input_.byte() % 8;
    options.ring_events = 16 * options.max_sequences + options.max_waiting + 1;
    require(r1_engine_create(&options, &engine_) == R1_OK);
    r1_state state{};
    while (state.phase == R1_LOADING) {
      r1_engine_state(engine_, 1000, &state);
    }
    require(state.phase == R1_READY);
  }

  ~Session() { r1_engine_destroy(engine_); }
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  void step() {
    switch (input_.byte() % 8) {
      case 0:
      case 1:
      case 2:
        submit();
        break;
      case 3:
        r1_cancel(engine_, input_.byte() % 16);
        break;
      case 4:
        poll(16 + input_.byte() % 64U, 0);
        break;
      case 5:
        r1_wake(engine_);
        break;
      case 6:
        r1_stats_snapshot stats;
        require(r1_stats(engine_, &stats) == R1_OK);
        break;
      default:
        if (input_.byte() > 250) {
          require(r1_drain(engine_, input_.byte()) == R1_OK);
        }
        break;
    }
  }

  void finish() {
    while (open_ > 0) {
      poll(64, 1000);
    }
    for (const auto &[id, left] : left_) {
      require(left == 0);
    }
  }

 private:
  void submit() {
    const std::vector<int32_t> prompt(1 + input_.byte() % 40U, input_.byte() - 2);
    const std::vector<int32_t> stops(input_.byte() % 18U, input_.byte());
    const std::vector<r1_bias> bias(input_.byte() % 3U, r1_bias{input_.byte(), input_.number()});
    r1_request request{};
    request.struct_size = sizeof request;
    request.request_id = input_.byte() % 16U;
    request.prompt_ids = prompt.data();
    request.prompt_count = static_cast<uint32_t>(prompt.size());
    request.max_tokens = input_.byte();
    request.min_tokens = input_.byte() % 20U;
    request.flags = input_.byte() % 5U;
    request.cache_salt = input_.byte() % 3U;
    request.deadline_us = input_.byte() * 10U;
    request.priority = input_.byte() % 3;
    request.temperature = input_.number();
    request.top_p = input_.byte() > 20 ? 1 : input_.number();
    request.stop_ids = stops.data();
    request.stop_count = static_cast<uint32_t>(stops.size());
    request.bias = bias.data();
    request.bias_count = static_cast<uint32_t>(bias.size());
    request.constraint_kind = input_.byte() > 20 ? 0U : input_.byte();
    request.constraint_after_id = -1;
    if (r1_submit(engine_, &request) == R1_OK) {
      left_[request.request_id]++;
      open_++;
    }
  }

  void poll(uint32_t capacity, uint32_t millis) {
    std::vector<r1_event> events(capacity);
    uint32_t count = 0;
    const r1_status status = r1_poll(engine_, events.data(), capacity, millis, &count);
    require(status == R1_OK || status == R1_TIMEOUT);
    for (uint32_t i = 0; i < count; i++) {
      if (events[i].kind == R1_EVENT_FINISHED || events[i].kind == R1_EVENT_ERROR) {
        require(left_[events[i].request_id]-- > 0);
        open_--;
      }
    }
  }

  Input &input_;
  r1_engine *engine_ = nullptr;
  std::map<uint64_t, int> left_;
  size_t open_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  Input input(data, std::min<size_t>(size, 2048));
  Session session(input);
  while (input.more()) {
    session.step();
  }
  session.finish();
  return 0;
}
