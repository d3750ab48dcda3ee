// The C ABI over the real backend and the fixture, so that sanitizers see both.
#include <map>

#include "check.h"
#include "r1_engine.h"

namespace {

r1_engine *open_fixture() {
  r1_options options{};
  r1_options_default(&options);
  options.model_path = R1_FIXTURE;
  options.library_dir = R1_LIBRARY_DIR;
  options.max_sequences = 8;
  r1_engine *engine = nullptr;
  CHECK(r1_engine_create(&options, &engine) == R1_OK);
  return engine;
}

bool wait_until_ready(r1_engine *engine) {
  r1_state state{};
  for (int i = 0; i < 60 && state.phase == R1_LOADING; i++) {
    r1_engine_state(engine, 1000, &state);
  }
  return state.phase == R1_READY;
}

r1_status submit(r1_engine *engine, uint64_t id, const std::vector<int32_t> &prompt) {
  r1_request request{};
  request.struct_size = sizeof request;
  request.flags = R1_IGNORE_END;
  request.request_id = id;
  request.prompt_ids = prompt.data();
  request.prompt_count = static_cast<uint32_t>(prompt.size());
  request.max_tokens = 30;
  request.temperature = 0.8F;
  request.top_p = 0.9F;
  request.seed = 5;
  return r1_submit(engine, &request);
}

}  // namespace

TEST(eightSequencesOfOneSeedAgree) {
  r1_engine *engine = open_fixture();
  CHECK(wait_until_ready(engine));
  for (uint64_t id = 1; id <= 8; id++) {
    CHECK(submit(engine, id, {0, 3, 48, 4, 14}) == R1_OK);
  }
  std::map<uint64_t, std::vector<int32_t>> ids;
  std::vector<r1_event> events(64);
  int ended = 0;
  while (ended < 8) {
    uint32_t count = 0;
    const r1_status status = r1_poll(engine, events.data(), 64, 1000, &count);
    CHECK(status == R1_OK || status == R1_TIMEOUT);
    for (uint32_t i = 0; i < count; i++) {
      if (events[i].kind == R1_EVENT_TOKEN) {
        ids[events[i].request_id].push_back(events[i].token_id);
      }
      ended += events[i].kind == R1_EVENT_FINISHED ? 1 : 0;
    }
  }
  for (const auto &[id, tokens] : ids) {
    CHECK(tokens.size() == 30 && tokens == ids.at(1));
  }
  r1_engine_destroy(engine);
}

TEST(longTextIsTokenizedAndBack) {
  r1_engine *engine = open_fixture();
  CHECK(wait_until_ready(engine));
  const std::vector<uint8_t> text(300000, 'w');
  std::vector<int32_t> ids(text.size());
  uint32_t count = 0;
  CHECK(r1_tokenize(engine, text.data(), 300000, ids.data(), 300000, &count) == R1_OK);
  std::vector<uint8_t> back(text.size());
  uint32_t bytes = 0;
  CHECK(r1_detokenize(engine, ids.data(), count, back.data(), 300000, &bytes) == R1_OK);
  CHECK(bytes == 300000 && back == text);
  CHECK(r1_tokenize(engine, text.data(), 300000, ids.data(), 1, &bytes) == R1_TOO_LARGE);
  CHECK(bytes == count);
  r1_engine_destroy(engine);
}

TEST(destroyWhileLoadingAndWhileComputing) {
  for (int round = 0; round < 5; round++) {
    r1_engine_destroy(open_fixture());
    r1_engine *engine = open_fixture();
    CHECK(wait_until_ready(engine));
    CHECK(submit(engine, 1, {0, 3, 48}) == R1_OK);
    r1_engine_destroy(engine);
  }
}
