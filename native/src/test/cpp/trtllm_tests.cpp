// The C ABI over the TensorRT-LLM backend: the real library, CPython and driver, and the stand-in
// for tensorrt_llm. Not run on a GPU. One engine serves all tests, for there can be only one.
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "check.h"
#include "r1_engine.h"

namespace {

constexpr int32_t kEnd = 257, kUser = 258, kThinkEnd = 261;
constexpr int32_t kFail = 262, kRefuse = 263, kUncounted = 265, kTimeout = 266, kAborted = 267,
                  kOdd = 268, kLong = 269, kUnsure = 271;
constexpr const char *kBackendJson = "{\"python_path\": [\"" R1_STAND_IN_DIR
                                     "\"], \"llm\": {\"guided_decoding_backend\": \"xgrammar\"}}";
constexpr uint32_t kOutput = 24, kThink = 8;  // of stand_in.json

std::string checkpoint() {
  const auto directory = std::filesystem::temp_directory_path() / "r1-trtllm-tests";
  std::filesystem::create_directories(directory);
  std::ofstream(directory / "config.json") << R"({"vocab_size": 288, "model_type": "stand_in"})";
  std::ofstream(directory / "generation_config.json") << R"({"eos_token_id": [257, 258]})";
  std::ofstream(directory / "stand_in.json") << R"({"loses_aborts": 1})";
  std::ofstream(directory / "model.safetensors") << "weights";
  return directory.string();
}

r1_options wanted(const std::string &model) {
  r1_options options{};
  r1_options_default(&options);
  options.backend = "trtllm";
  options.model_path = model.c_str();
  options.library_dir = R1_LIBRARY_DIR;
  options.backend_json = kBackendJson;
  options.max_sequences = 8;
  return options;
}

r1_engine *opened() {
  const std::string model = checkpoint();
  const r1_options options = wanted(model);
  r1_engine *engine = nullptr;
  CHECK(r1_engine_create(&options, &engine) == R1_OK);
  r1_state state{};
  for (int i = 0; i < 60 && state.phase == R1_LOADING; i++) {
    r1_engine_state(engine, 1000, &state);
  }
  if (state.phase != R1_READY) {
    std::string why(R1_ERROR_BYTES_MAX, ' ');
    why.resize(r1_last_error(engine, why.data(), R1_ERROR_BYTES_MAX));
    std::fprintf(stderr, "not ready: %s\n", why.c_str());
    std::abort();
  }
  return engine;
}

r1_engine *engine() {
  static r1_engine *only = opened();
  return only;
}

struct Output {
  std::vector<r1_event> tokens;
  std::vector<r1_top> tops;
  std::string text;
  r1_event last{};

  [[nodiscard]] bool finished(uint16_t reason, uint32_t count) const {
    return last.kind == R1_EVENT_FINISHED && last.flags == reason &&
           last.body.last.output_tokens == count && tokens.size() == count;
  }
  [[nodiscard]] bool failed() const {
    return last.kind == R1_EVENT_ERROR && last.token_id == R1_REQUEST;
  }
};

void take(std::map<uint64_t, Output> &outputs, const r1_event &event) {
  Output &output = outputs[event.request_id];
  if (event.kind == R1_EVENT_TOKEN) {
    output.tokens.push_back(event);
    const auto size = std::min<size_t>(event.body.token.piece_bytes, 32);
    output.text.append(reinterpret_cast<const char *>(event.body.token.piece), size);
  } else if (event.kind == R1_EVENT_CONT) {
    const size_t left = output.tokens.back().body.token.piece_bytes - 32U;
    const size_t had = output.text.size() % 128 - 32;  // all long pieces have 128 bytes
    output.text.append(reinterpret_cast<const char *>(event.body.more),
                       std::min<size_t>(left - had, 48));
  } else if (event.kind == R1_EVENT_TOP) {
    output.tops.insert(output.tops.end(), std::begin(event.body.top), std::end(event.body.top));
  } else if (event.request_id != 0) {
    CHECK(output.last.kind == 0);  // only one
    output.last = event;
  }
}

// Polls until all of these have ended.
std::map<uint64_t, Output> all(const std::vector<uint64_t> &ids) {
  std::map<uint64_t, Output> outputs;
  std::vector<r1_event> events(64);
  const auto is_open = [&](uint64_t id) { return outputs[id].last.kind == 0; };
  for (int polls = 0; polls < 2000 && std::any_of(ids.begin(), ids.end(), is_open); polls++) {
    uint32_t count = 0;
    r1_poll(engine(), events.data(), 64, 100, &count);
    for (uint32_t i = 0; i < count; i++) {
      take(outputs, events[i]);
    }
  }
  return outputs;
}

class Asked {
 public:
  explicit Asked(std::vector<int32_t> prompt) : prompt_(std::move(prompt)) {
    static uint64_t last = 0;
    request.struct_size = sizeof request;
    request.request_id = ++last;
    request.prompt_ids = prompt_.data();
    request.prompt_count = static_cast<uint32_t>(prompt_.size());
    request.max_tokens = 100;
    request.top_p = 1;
    request.constraint_after_id = -1;
  }
  r1_status submit() { return r1_submit(engine(), &request); }
  Output run() {
    CHECK(submit() == R1_OK);
    return all({request.request_id})[request.request_id];
  }
  r1_request request{};

 private:
  std::vector<int32_t> prompt_;
};

Asked order(int32_t marker) { return Asked({marker, 104, 105}); }

}  // namespace

TEST(everyTokenCountsAndTheEndTokenIsTheLast) {
  const Output output = Asked({256, 104, 105}).run();
  CHECK(output.finished(R1_END, kOutput));
  CHECK(output.tokens.back().token_id == kEnd);
  CHECK((output.tokens.back().flags & R1_TOKEN_END) != 0);
  CHECK(output.tokens[kThink - 1].token_id == kThinkEnd);
  CHECK((output.tokens[kThink - 1].flags & R1_TOKEN_CONTROL) != 0);
  CHECK(output.last.body.last.prompt_tokens == 3);
}

TEST(lengthStopsAndIgnoredEnds) {
  Asked length({256, 1});
  length.request.max_tokens = 5;
  CHECK(length.run().finished(R1_LENGTH, 5));
  Asked endless({256, 1});
  endless.request.flags = R1_IGNORE_END;
  endless.request.max_tokens = 40;
  CHECK(endless.run().finished(R1_LENGTH, 40));
  Asked later({256, 1});
  later.request.min_tokens = 30;
  CHECK(later.submit() == R1_UNSUPPORTED);  // two end tokens: TrtllmTests has one
  const int32_t stop = kThinkEnd;
  Asked stopped({256, 1});
  stopped.request.stop_ids = &stop;
  stopped.request.stop_count = 1;
  const Output output = stopped.run();
  CHECK(output.finished(R1_STOP_ID, kThink));  // the stop token is not cut away
  CHECK((output.tokens.back().flags & R1_TOKEN_END) != 0);
}

// TensorRT-LLM forgets its stop tokens where ends are ignored.
TEST(aStopTokenEndsWhatIgnoresEnds) {
  const int32_t stop = kThinkEnd;
  Asked asked({256, 1});
  asked.request.flags = R1_IGNORE_END;
  asked.request.stop_ids = &stop;
  asked.request.stop_count = 1;
  asked.request.max_tokens = 4000;
  const Output output = asked.run();
  CHECK(output.finished(R1_STOP_ID, kThink));
  CHECK(output.last.body.last.overrun_tokens > 0);
  CHECK(output.last.body.last.overrun_tokens < 4000 - kThink);  // it did not run to its length
}

TEST(aSecondEndTokenOfTheModelEndsToo) {
  const r1_bias bias{kUser, 5};
  Asked asked({256, 1});
  asked.request.bias = &bias;
  asked.request.bias_count = 1;
  CHECK(asked.run().finished(R1_END, 1));
}

TEST(samplingFollowsTheSeed) {
  const auto text = [](float temperature, uint64_t seed) {
    Asked asked({256, 7});
    asked.request.temperature = temperature;
    asked.request.seed = seed;
    return asked.run().text;
  };
  CHECK(text(1, 3) == text(1, 3));
  CHECK(text(1, 3) != text(1, 4));
  CHECK(text(0, 3) == text(0, 4));
}

TEST(logprobsComeWithTheirAlternatives) {
  Asked asked({256, 7});
  asked.request.flags = R1_LOGPROBS;
  asked.request.top_logprobs = 7;
  asked.request.max_tokens = 3;
  const Output output = asked.run();
  CHECK(output.finished(R1_LENGTH, 3));
  for (const r1_event &token : output.tokens) {
    CHECK(token.body.token.logprob == -0.5F);
    CHECK(token.body.token.top_count == 7);
  }
  CHECK(output.tops.size() == 3 * 12);  // two records of six each
  CHECK(output.tops[0].id == output.tokens[0].token_id && output.tops[0].logprob == -0.5F);
  CHECK(output.tops[6].logprob < output.tops[5].logprob);
}

TEST(aLogprobThatIsNotToldFailsItsRequest) {
  Asked asked = order(kUnsure);
  CHECK(asked.run().finished(R1_END, kOutput));
  Asked unsure = order(kUnsure);
  unsure.request.flags = R1_LOGPROBS;
  CHECK(unsure.run().failed());
}

TEST(aConstraintMayLeaveTheReasoningFree) {
  Asked at_once({256, 7});
  at_once.request.constraint_kind = R1_JSON_OBJECT;
  CHECK(at_once.run().text == "{}<｜end▁of▁sentence｜>");
  for (const uint32_t kind : {R1_JSON_OBJECT, R1_JSON_SCHEMA, R1_REGEX, R1_GRAMMAR}) {
    Asked after({256, 7});
    after.request.constraint_kind = kind;
    after.request.constraint = kind == R1_JSON_OBJECT ? nullptr : "{}";
    after.request.constraint_after_id = kThinkEnd;
    const std::string text = after.run().text;
    CHECK(text.size() > kThink + 8 && text.ends_with("</think>{}<｜end▁of▁sentence｜>"));
  }
  Asked wrong({256, 7});
  wrong.request.constraint_kind = R1_JSON_SCHEMA;
  wrong.request.constraint = "no JSON";
  wrong.request.constraint_after_id = kThinkEnd;
  CHECK(wrong.run().failed());
}

TEST(oneRequestFailsAlone) {
  Asked other({256, 7});
  CHECK(other.submit() == R1_OK);
  const Output output = order(kFail).run();
  CHECK(output.failed() && output.last.body.last.output_tokens == 2);
  CHECK(order(kRefuse).run().failed());
  CHECK(order(kOdd).run().failed());
  CHECK(order(kAborted).run().failed());  // by the executor, not by us
  CHECK(order(kTimeout).run().failed());
  CHECK(Asked({256, 7}).run().finished(R1_END, kOutput));
}

TEST(unknownCachedTokensAreNotZero) {
  CHECK(order(kUncounted).run().last.body.last.cached_tokens == R1_UNKNOWN);
  const std::vector<int32_t> prompt(20, 104);
  for (const uint32_t expected : {0U, 16U}) {
    Asked asked(prompt);
    asked.request.cache_salt = 77;
    CHECK(asked.run().last.body.last.cached_tokens == expected);
  }
  Asked stranger(prompt);
  stranger.request.cache_salt = 78;
  CHECK(stranger.run().last.body.last.cached_tokens == 0);
  for (int i = 0; i < 2; i++) {  // without a salt nothing is shared, not even with itself
    CHECK(Asked(prompt).run().last.body.last.cached_tokens == 0);
  }
}

TEST(cancelAndDeadlineEndWithinTheirTime) {
  Asked endless({256, 9});
  endless.request.flags = R1_IGNORE_END | R1_LOGPROBS;  // with logprobs upstream raises then
  endless.request.max_tokens = 4000;
  CHECK(endless.submit() == R1_OK);
  CHECK(r1_cancel(engine(), endless.request.request_id) == R1_OK);  // loses_aborts: the first one
  const uint64_t id = endless.request.request_id;
  const Output cancelled = all({id})[id];
  CHECK(cancelled.last.kind == R1_EVENT_FINISHED && cancelled.last.flags == R1_CANCELLED);
  CHECK(cancelled.tokens.size() == cancelled.last.body.last.output_tokens);
  CHECK(r1_cancel(engine(), id) == R1_NOT_FOUND);
  endless.request.request_id = 1000000;
  endless.request.deadline_us = 1000000;  // enough for some tokens on any machine
  const Output late = endless.run();
  CHECK(late.last.kind == R1_EVENT_FINISHED && late.last.flags == R1_DEADLINE);
  CHECK(late.last.body.last.output_tokens > 0);
}

TEST(withoutStatisticsWhatIsOpenRuns) {
  Asked endless({256, 9});
  endless.request.flags = R1_IGNORE_END;
  endless.request.max_tokens = 4000;
  CHECK(endless.submit() == R1_OK);
  r1_stats_snapshot stats{};
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (stats.running != 1 && std::chrono::steady_clock::now() < limit) {
    r1_stats(engine(), &stats);
  }
  CHECK(stats.running == 1);
  r1_cancel(engine(), endless.request.request_id);
  all({endless.request.request_id});
}

TEST(aLongPieceArrivesWhole) {
  Asked asked = order(kLong);
  asked.request.max_tokens = 2;
  CHECK(asked.run().text == std::string(256, ' '));
}

TEST(markersInTextAreText) {
  const std::string text = "a</think>b";
  std::vector<int32_t> ids(64);
  uint32_t count = 0;
  CHECK(r1_tokenize(engine(), reinterpret_cast<const uint8_t *>(text.data()),
                    static_cast<uint32_t>(text.size()), ids.data(), 64, &count) == R1_OK);
  CHECK(count == text.size());
  int32_t id = 0;
  const std::string marker = "</think>";
  CHECK(r1_token_id(engine(), reinterpret_cast<const uint8_t *>(marker.data()), 8, &id) == R1_OK);
  CHECK(id == kThinkEnd);
}

TEST(theModelIsDescribed) {
  r1_model model{};
  CHECK(r1_model_info(engine(), &model) == R1_OK);
  CHECK(model.vocabulary_size == 288 && model.context_tokens == 4096 && model.bos_id == 256);
  CHECK(model.end_count == 2 && model.end_ids[0] == 257 && model.end_ids[1] == 258);
  CHECK(model.kv_tokens == 65536 && model.think_close_id == kThinkEnd);
  CHECK(std::string(model.backend_version) == "0.0.0-stand-in");
  CHECK((model.features & R1_CAN_END_FIRST) == 0);
  constexpr uint32_t kAll = R1_CAN_GRAMMAR | R1_CAN_LOGPROBS | R1_CAN_TEXT | R1_CAN_MIN_TOKENS;
  CHECK((model.features & kAll) == (kAll & ~uint32_t{R1_CAN_MIN_TOKENS}));  // two end tokens
}

TEST(aSecondEngineOfTheProcessIsUnsupported) {
  const std::string model = checkpoint();
  const r1_options options = wanted(model);
  r1_engine *second = nullptr;
  CHECK(r1_engine_create(&options, &second) == R1_UNSUPPORTED);
  CHECK(second == nullptr);
  CHECK(Asked({256, 7}).run().finished(R1_END, kOutput));
}

TEST(zzzAfterDestroyThereIsNoOtherEither) {  // the last test
  r1_engine_destroy(engine());
  const std::string model = checkpoint();
  const r1_options options = wanted(model);
  r1_engine *second = nullptr;
  CHECK(r1_engine_create(&options, &second) == R1_UNSUPPORTED);
}
