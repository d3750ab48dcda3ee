#include <string>

#include "check.h"
#include "core/flat_json.h"
#include "sim/settings.h"
#include "sim/vocabulary.h"

using namespace r1::sim;

namespace {

Settings settings_of(const std::string &preset, const std::string &json = "") {
  Settings settings;
  CHECK(read_settings(preset, json, settings).ok());
  return settings;
}

r1_status status_of(const std::string &preset, const std::string &json) {
  Settings settings;
  return read_settings(preset, json, settings).code;
}

}  // namespace

TEST(stepsTakeWhatWasPublished) {
  const Preset &b200 = *settings_of("r1-8xb200").preset;
  CHECK(step_time(b200, 1, 0).count() == 3640);
  CHECK(step_time(b200, 3072, 0).count() == 84000);
  CHECK(step_time(b200, 7168, 0).count() == 166000);
  CHECK(step_time(b200, 5120, 0).count() == 125000);
  CHECK(step_time(b200, 0, 80000).count() == 1000000);
  CHECK(step_time(b200, 0, 0).count() == 0);
  const Preset &h200 = *settings_of("r1-8xh200").preset;
  CHECK(step_time(h200, 1, 0).count() == 6330);
  CHECK(step_time(h200, 1024, 0).count() == 89000);
  CHECK(step_time(h200, 2048, 0).count() > 160000);
}

TEST(settingsAreReadOrRefused) {
  CHECK(settings_of("r1-8xb200", R"( { "mode" : "echo", "clock":"virtual" } )").echo);
  CHECK(settings_of("r1-8xb200", R"({"reasoning_tokens": 700})").reasoning_tokens == 700);
  CHECK(status_of("r1-9000", "") == R1_MODEL);
  for (const char *json :
       {"{", "[]", R"({"mode":"loud"})", R"({"mode":"echo",})", R"({"mode":"echo","mode":"echo"})",
        R"({"answer_tokens":9999999})", R"({"answer_tokens":"x"})", R"({"answer_tokens":""})",
        R"({"answer_tokens":"999999999999999999999999999999"})", R"({"a\n":1})", R"({} x)",
        R"({"answer_tokens":99999999999999999999999})", R"({"other":1})"}) {
    CHECK(status_of("r1-8xb200", json) == R1_INVALID);
  }
}

TEST(simulatedTokensAreTheirText) {
  const Vocabulary vocabulary;
  r1::ModelCard card;
  vocabulary.describe(card);
  for (const std::string &text :
       {std::string(" the sum of one and two"), std::string("한국어 <think> 🙂"),
        std::string(), std::string("  the"), std::string(300, ' ')}) {
    std::vector<int32_t> ids;
    vocabulary.tokenize(text, ids);
    std::string back;
    for (const int32_t id : ids) {
      CHECK(card.control[static_cast<size_t>(id)] == 0);
      back += card.pieces[static_cast<size_t>(id)];
    }
    CHECK(back == text);
  }
  std::vector<int32_t> ids;
  vocabulary.tokenize(" the sum", ids);
  CHECK(ids.size() == 2);
}
