// An engine on the scripted backend, and what it must say.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

#include "check.h"
#include "core/checks.h"
#include "core/engine.h"
#include "scripted_backend.h"

namespace r1::testing {

using std::chrono::milliseconds;

struct Outcome {
  std::vector<int32_t> ids;
  int ends = 0;
  r1_event last{};
};

// An engine on the scripted backend, and what it said.
class Bench {
 public:
  explicit Bench(Script &script, uint32_t sequences = 4, uint32_t ring_events = 256,
                 const char *model = "model") {
    path_ = std::filesystem::temp_directory_path() / (std::string("r1-scripted-") + model);
    std::ofstream(path_) << "scripted";
    r1_options options{};
    r1_options_default(&options);
    options.model_path = path_.c_str();
    options.library_dir = "";
    options.max_sequences = sequences;
    options.max_waiting = 64;
    options.step_tokens = script.step_tokens;
    options.chunk_tokens = 8;
    options.ring_events = ring_events;
    CHECK(r1::check_options(options).ok());
    engine_ = std::make_unique<r1::Engine>(options, std::make_unique<ScriptedBackend>(script));
    for (int i = 0; i < 10 && engine_->state(milliseconds(1000)).phase == R1_LOADING; i++) {
    }
  }
  ~Bench() { std::filesystem::remove(path_); }
  Bench(const Bench &) = delete;
  Bench &operator=(const Bench &) = delete;

  r1::Engine &engine() { return *engine_; }
  void close() { engine_.reset(); }

  r1_status submit(uint64_t id, std::vector<int32_t> prompt, uint32_t tokens, uint64_t salt = 0,
                   const std::string &grammar = "") {
    r1_request request{};
    request.struct_size = sizeof request;
    request.request_id = id;
    request.prompt_ids = prompt.data();
    request.prompt_count = static_cast<uint32_t>(prompt.size());
    request.max_tokens = tokens;
    request.top_p = 1;
    request.cache_salt = salt;
    request.constraint_after_id = -1;
    request.constraint_kind = grammar.empty() ? R1_NO_CONSTRAINT : R1_GRAMMAR;
    request.constraint = grammar.empty() ? nullptr : grammar.c_str();
    return engine_->submit(request).code;
  }

  r1_status submit_with_stop(uint64_t id, int32_t stop) {
    const int32_t prompt = 3;
    r1_request request{};
    request.struct_size = sizeof request;
    request.request_id = id;
    request.prompt_ids = &prompt;
    request.prompt_count = 1;
    request.max_tokens = 1;
    request.top_p = 1;
    request.constraint_after_id = -1;
    request.stop_ids = &stop;
    request.stop_count = 1;
    return engine_->submit(request).code;
  }

  // Polls until so many requests ended, or the engine failed.
  std::map<uint64_t, Outcome> &until_ended(size_t requests) {
    std::vector<r1_event> events(64);
    size_t ended = 0;
    for (const auto &[id, outcome] : outcomes_) {
      ended += outcome.ends > 0 ? 1 : 0;
    }
    while (ended < requests) {
      uint32_t count = 0;
      const r1_status status = engine_->poll(events, milliseconds(1000), count).code;
      if (status == R1_FATAL) {
        break;
      }
      for (const r1_event &event : std::span(events).first(count)) {
        if (event.kind == R1_EVENT_STATS) {
          continue;
        }
        Outcome &outcome = outcomes_[event.request_id];
        if (event.kind == R1_EVENT_TOKEN) {
          outcome.ids.push_back(event.token_id);
        } else if (event.kind == R1_EVENT_FINISHED || event.kind == R1_EVENT_ERROR) {
          outcome.ends++;
          outcome.last = event;
          ended++;
        }
      }
    }
    return outcomes_;
  }

 private:
  std::string path_;
  std::unique_ptr<r1::Engine> engine_;
  std::map<uint64_t, Outcome> outcomes_;
};

inline std::vector<int32_t> expected(const std::vector<int32_t> &prompt, size_t tokens) {
  std::vector<int32_t> ids;
  int32_t last = prompt.back();
  for (size_t i = 0; i < tokens; i++) {
    last = successor(last, static_cast<int32_t>(prompt.size() + i - 1));
    ids.push_back(last);
  }
  return ids;
}

inline std::vector<int32_t> numbers(int32_t first, size_t count) {
  std::vector<int32_t> ids(count);
  for (size_t i = 0; i < count; i++) {
    ids[i] = 3 + (first + static_cast<int32_t>(i)) % (kVocabulary - 3);
  }
  return ids;
}

}  // namespace r1::testing
