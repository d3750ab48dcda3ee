#include <algorithm>
#include <array>
#include <span>
#include <thread>

#include "check.h"
#include "core/batch.h"
#include "core/slots.h"
#include "core/token_filter.h"
#include "costly_grammar.h"
#include "engine_bench.h"

using namespace r1::testing;

TEST(everyRequestGetsItsOwnTokensAndOneEnd) {
  Script script;
  Bench bench(script);
  for (int32_t i = 1; i <= 40; i++) {
    CHECK(bench.submit(static_cast<uint64_t>(i), numbers(i, 1 + static_cast<size_t>(i)), 20) ==
          R1_OK);
  }
  const auto &outcomes = bench.until_ended(40);
  for (int32_t i = 1; i <= 40; i++) {
    const Outcome &outcome = outcomes.at(static_cast<uint64_t>(i));
    const auto wanted = expected(numbers(i, 1 + static_cast<size_t>(i)), 20);
    const auto end = std::find(wanted.begin(), wanted.end(), kEnd);
    CHECK(outcome.ends == 1 && outcome.last.kind == R1_EVENT_FINISHED);
    CHECK(outcome.ids == std::vector<int32_t>(wanted.begin(), end));
    CHECK(outcome.last.body.last.output_tokens == outcome.ids.size());
  }
  CHECK(script.largest_batch <= script.step_tokens && script.largest_batch > 4);
  CHECK(script.cells == 0);
}

// llama.cpp passes over the weights once for sequences that follow each other, again after a gap.
TEST(aRequestStartsBesideThoseThatRun) {
  Script script;
  ScriptedBackend backend(script);
  r1::Slots slots(backend, 4, 400, true);
  const auto start = [&](uint64_t id) {
    r1::Request request;
    request.id = id;
    request.prompt = numbers(static_cast<int32_t>(id), 4);
    request.max_tokens = 4;
    request.cache_salt = 9;
    const auto placement = slots.find(request);
    CHECK(placement.has_value());
    slots.place(*placement, request, r1::Clock::now());
    slots[placement->slot].cells = request.prompt;
    return placement->slot;
  };
  for (uint32_t i = 0; i < 4; i++) {
    CHECK(start(1 + i) == i);
  }
  slots.release(0, 7);
  slots.release(1, 9);
  slots.release(2, 20);
  CHECK(start(5) == 2);  // though it was used last
  CHECK(start(6) == 1);
  slots.release(1, 21);
  slots.release(2, 22);
  slots.release(3, 23);
  CHECK(start(7) == 0);  // nothing runs: the one unused for longest
}

// Else a deadline before the first token would buy the prompt at a hit's price, for nothing.
TEST(whatNobodyPaidForIsNoHitLater) {
  Script script;
  ScriptedBackend backend(script);
  r1::Slots slots(backend, 2, 400, true);
  r1::Request request;
  request.id = 1;
  request.prompt = numbers(1, 60);
  request.max_tokens = 4;
  request.cache_salt = 9;
  const auto placement = slots.find(request);
  CHECK(placement.has_value());
  slots.place(*placement, request, r1::Clock::now());
  slots[placement->slot].cells.assign(request.prompt.begin(), request.prompt.begin() + 40);
  slots.cut(placement->slot, 20);  // 20 were found; it ends before its first token
  slots.release(placement->slot, 1);
  CHECK(slots.kept_cells() == 20);
  CHECK(slots.find(request)->shared == 20);
  slots.cut(placement->slot, 0);
  CHECK(slots.kept_cells() == 0 && slots.find(request)->shared == 0);
}

// A newcomer's first token comes after its own pass, and who generates misses one turn at most.
TEST(promptsAndGenerationTakeTurns) {
  Script script;
  ScriptedBackend backend(script);
  r1::Slots slots(backend, 4, 400, true);
  r1::Batch batch;
  const auto start = [&](uint64_t id, size_t prompt) {
    r1::Request request;
    request.id = id;
    request.prompt = numbers(static_cast<int32_t>(id), prompt);
    request.max_tokens = 4;
    const auto placement = slots.find(request);
    CHECK(placement.has_value());
    slots.place(*placement, request, r1::Clock::now());
  };
  const auto fill = [&] { return batch.fill(slots, /*step_tokens=*/8, /*chunk_tokens=*/6); };
  start(1, 3);
  CHECK(fill() == 3 && batch.outputs().size() == 1);
  CHECK(fill() == 0 && batch.tokens().size() == 1);  // it generates
  start(2, 10);
  start(3, 4);
  CHECK(fill() == 8 && batch.outputs().empty());      // 6 of the second, 2 of the third
  CHECK(fill() == 0 && batch.outputs().size() == 1);  // the first goes on
  CHECK(fill() == 6 && batch.outputs().size() == 2);  // the rest of both
  CHECK(fill() == 0 && batch.outputs().size() == 3);
}

TEST(aFailedBatchEndsItsRequestsAndFreesTheirCells) {
  Script script;
  script.fail_at = 3;
  Bench bench(script, 2);
  for (uint64_t id = 1; id <= 4; id++) {
    CHECK(bench.submit(id, numbers(1, 4), 20) == R1_OK);
  }
  const auto &outcomes = bench.until_ended(4);
  int errors = 0;
  for (const auto &[id, outcome] : outcomes) {
    CHECK(outcome.ends == 1);
    if (outcome.last.kind == R1_EVENT_ERROR) {
      errors++;
      CHECK(outcome.last.token_id == R1_REQUEST);
      CHECK(outcome.last.body.last.output_tokens == outcome.ids.size());
    } else {
      CHECK(outcome.ids == expected(numbers(1, 4), 20));
    }
  }
  CHECK(errors >= 1 && errors <= 2);
  CHECK(bench.engine().state(milliseconds(0)).phase == R1_READY);
}

TEST(aDeadBackendEndsEveryRequestThenOnlyFatalIsLeft) {
  Script script;
  script.fail_at = 5;
  script.failure = r1::Decoded::kDead;
  Bench bench(script, 2);
  int accepted = 0;
  for (uint64_t id = 1; id <= 10; id++) {
    accepted += bench.submit(id, numbers(1, 4), 30) == R1_OK ? 1 : 0;
  }
  const auto &outcomes = bench.until_ended(100);
  CHECK(static_cast<int>(outcomes.size()) == accepted);
  for (const auto &[id, outcome] : outcomes) {
    CHECK(outcome.ends == 1 && outcome.last.kind == R1_EVENT_ERROR);
    CHECK(outcome.last.token_id == R1_FATAL);
  }
  CHECK(bench.engine().state(milliseconds(0)).phase == R1_FAILED);
  CHECK(bench.submit(99, numbers(1, 4), 3) == R1_STATE);
  CHECK(!bench.engine().failure().empty());
}

// The last events may come between a look at the ring and one at the phase.
TEST(fatalComesOnlyWhenAllEventsAreRead) {
  for (int round = 0; round < 100; round++) {
    Script script;
    script.fail_at = 1;
    script.failure = r1::Decoded::kDead;
    Bench bench(script, 2);
    int accepted = 0;
    for (uint64_t id = 1; id <= 3; id++) {
      accepted += bench.submit(id, numbers(1, 4), 30) == R1_OK ? 1 : 0;
    }
    std::array<r1_event, 16> events{};
    int ends = 0;
    uint32_t count = 0;
    while (bench.engine().poll(events, milliseconds(0), count).code != R1_FATAL) {
      for (const r1_event &event : std::span(events).first(count)) {
        ends += event.kind == R1_EVENT_ERROR ? 1 : 0;
      }
    }
    CHECK(ends == accepted);
  }
}

TEST(aDeadBackendWithAFullRingStillEndsEveryRequest) {
  Script script;
  script.fail_at = 3;
  script.failure = r1::Decoded::kDead;
  Bench bench(script, 4, 4 * R1_EVENTS_PER_TOKEN_MAX + 65);
  size_t accepted = 0;
  for (uint64_t id = 1; id <= 68; id++) {
    accepted += bench.submit(id, numbers(1, 4), 30) == R1_OK ? 1 : 0;
  }
  const auto &outcomes = bench.until_ended(100);
  CHECK(outcomes.size() == accepted);
  CHECK(std::all_of(outcomes.begin(), outcomes.end(),
                    [](const auto &entry) { return entry.second.ends == 1; }));
}

TEST(logitsThatAreNoNumbersEndOnlyTheirRequest) {
  Script script;
  script.nan_for = 44;
  Bench bench(script);
  CHECK(bench.submit(1, {44}, 5) == R1_OK);
  CHECK(bench.submit(2, {3, 4}, 5) == R1_OK);
  const auto &outcomes = bench.until_ended(2);
  CHECK(outcomes.at(1).last.kind == R1_EVENT_ERROR && outcomes.at(1).last.token_id == R1_REQUEST);
  CHECK(outcomes.at(2).last.kind == R1_EVENT_FINISHED);
}

TEST(aConstraintThatNeedsTooMuchWorkEndsOnlyItsRequest) {
  Script script;
  Bench bench(script);
  CHECK(expected({3, 4}, 1) == std::vector<int32_t>{34});  // is refused, so all are masked
  CHECK(bench.submit(1, {3, 4}, 20, 0, costly_grammar()) == R1_OK);
  CHECK(bench.submit(2, numbers(1, 4), 20) == R1_OK);
  const auto &outcomes = bench.until_ended(2);
  CHECK(outcomes.at(1).last.kind == R1_EVENT_ERROR && outcomes.at(1).last.token_id == R1_REQUEST);
  CHECK(outcomes.at(2).ids.size() == 20 && outcomes.at(2).last.kind == R1_EVENT_FINISHED);
}

TEST(aCancelEndsAChoiceThatWorksOnAConstraint) {
  Script script;
  Bench bench(script);
  script.before_a_choice = [&] { CHECK(bench.engine().cancel(1).ok()); };
  CHECK(bench.submit(1, {3, 4}, 20, 0, costly_grammar()) == R1_OK);
  const Outcome &outcome = bench.until_ended(1).at(1);
  CHECK(outcome.last.kind == R1_EVENT_FINISHED && outcome.last.flags == R1_CANCELLED);
  CHECK(outcome.ids.empty());
}

// A stop token that is a text: "1" would go on with [0-9]{5}, and end the output too early.
TEST(aStopTokenNeverCutsAConstrainedOutputShort) {
  for (const std::string text : {"root ::= [0-9]{5}", "root ::= \"1\" [0-9]{4}"}) {
    r1::ModelCard card;
    for (int id = 0; id < 10; id++) {
      card.pieces.push_back(std::to_string(id));
    }
    card.control.resize(10);
    card.end_ids = {2};
    const r1::FilteredVocabulary vocabulary(card);
    r1::Request request;
    request.stops = {1};
    auto grammar = std::make_shared<r1::Grammar>();
    CHECK(r1::Grammar::parse(text, *grammar).ok());
    request.constraint.grammar = grammar;
    r1::TokenFilter filter(vocabulary, request);
    CHECK(!filter.allows(1) && !filter.allows(2));
    std::vector<float> logits(10, 1);
    filter.mask(logits);
    CHECK(std::isinf(logits[1]) && std::isinf(logits[2]));
    request.stops.clear();
    request.ignore_end = true;
    r1::TokenFilter free(vocabulary, request);
    CHECK(free.allows(1) && free.allows(2) == (text.find('"') == std::string::npos));
    CHECK(!filter.accept(1) && free.accept(1));
  }
}

// Else an answer that must be of a grammar could end inside the reasoning, and be none.
TEST(anOutputEndsBeforeItsConstraintHoldsOnlyIfItMay) {
  r1::ModelCard card;
  card.pieces = {"a", "</think>", ""};
  card.control = {0, 1, 1};
  card.end_ids = {2};
  const r1::FilteredVocabulary vocabulary(card);
  r1::Request request;
  auto grammar = std::make_shared<r1::Grammar>();
  CHECK(r1::Grammar::parse("root ::= \"a\"", *grammar).ok());
  request.constraint.grammar = grammar;
  request.constraint.after_id = 1;
  r1::TokenFilter due(vocabulary, request);
  CHECK(due.allows(0) && due.allows(1) && !due.allows(2));
  std::vector<float> logits(3, 1);
  due.mask(logits);
  CHECK(logits[0] == 1 && logits[1] == 1 && std::isinf(logits[2]));
  CHECK(due.accept(1) && !due.allows(2) && due.accept(0) && due.allows(2));
  request.constraint.may_end_first = true;
  r1::TokenFilter free(vocabulary, request);
  CHECK(free.allows(2) && free.accept(1) && !free.allows(2));
}

TEST(stopIdsAreOfTheVocabulary) {
  Script script;
  Bench bench(script);
  for (const int32_t stop : {-1, kVocabulary}) {
    CHECK(bench.submit_with_stop(1, stop) == R1_INVALID);
  }
  CHECK(bench.submit_with_stop(1, kVocabulary - 1) == R1_OK);
}

// The submit is refused after its phase was checked, so the engine's thread has nothing to settle.
TEST(aDrainEndsThoughASubmitIsRefusedMeanwhile) {
  std::string grammar = "root ::= ";
  for (int i = 0; i < 5000; i++) {
    grammar += "[a-z] ";
  }
  grammar += "missing";
  for (int round = 0; round < 20; round++) {
    Script script;
    Bench bench(script);
    std::atomic<bool> submits = false;
    std::thread other([&] {
      submits = true;
      submits.notify_one();
      CHECK(bench.submit(1, {3}, 1, 0, grammar) != R1_OK);
    });
    submits.wait(false);
    CHECK(bench.engine().drain(std::chrono::microseconds(0)).ok());
    other.join();
    CHECK(bench.engine().state(milliseconds(0)).phase == R1_DRAINED);
  }
}

TEST(statsTellThePhase) {
  Script script;
  Bench bench(script);
  std::atomic<bool> seen = false;
  int choices = 0;
  script.before_a_choice = [&] {  // the first step's events come, then the second waits for us
    if (++choices == 1) {
      CHECK(bench.engine().drain(std::chrono::microseconds(0)).ok());
    } else {
      seen.wait(false);
    }
  };
  CHECK(bench.submit(1, {3, 4}, 5) == R1_OK);
  std::vector<r1_event> events(64);
  uint32_t count = 0;
  CHECK(bench.engine().poll(events, milliseconds(1000), count).ok());
  const auto stats = std::find_if(events.begin(), events.begin() + count,
                                  [](const r1_event &e) { return e.kind == R1_EVENT_STATS; });
  CHECK(stats != events.begin() + count && stats->flags == R1_DRAINING);
  seen = true;
  seen.notify_one();
  CHECK(bench.until_ended(1).at(1).ends == 1);
}

TEST(aRefusedModelFailsWithItsReason) {
  Script script;
  Bench bench(script, 4, 256, "refuse");
  const r1_state state = bench.engine().state(milliseconds(0));
  CHECK(state.phase == R1_FAILED && state.status == R1_MODEL);
  CHECK(bench.engine().failure() == "refused as scripted");
  CHECK(bench.submit(1, {3}, 1) == R1_STATE);
}

TEST(aPieceHas512BytesAtMost) {
  Script script;
  script.long_piece_bytes = R1_PIECE_BYTES_MAX + 1;
  Bench refused(script);
  CHECK(refused.engine().state(milliseconds(0)).status == R1_MODEL);
  CHECK(refused.engine().failure() == "token 2 has more than 512 bytes");
  script.long_piece_bytes = R1_PIECE_BYTES_MAX;
  Bench taken(script);
  CHECK(taken.engine().state(milliseconds(0)).phase == R1_READY);
}

// With as many threads as cores, those that wait for the others starve everything.
TEST(oneCoreIsLeftToOthersUnlessAskedFor) {
  const uint32_t cores = std::max(1U, std::thread::hardware_concurrency());
  Script script;
  { const Bench bench(script); }
  CHECK(script.threads == std::max(1U, cores - 1));
  r1_options options{};
  r1_options_default(&options);
  CHECK(options.threads == 0);
  options.backend = "llamacpp";
  options.model_path = options.library_dir = "";
  for (const uint32_t asked : {1U, cores}) {
    options.threads = asked;
    CHECK(r1::check_options(options).ok() && r1::threads_of(options) == asked);
  }
  options.threads = cores + 1;
  CHECK(r1::check_options(options).code == R1_INVALID);
}

// 400 cells for 4 slots of up to 100 + kept ones: the backend checks that they never pass it.
TEST(keptPrefixesGiveWayToNewRequests) {
  Script script;
  script.kv_tokens = 150;
  Bench bench(script);
  uint64_t id = 0;
  uint32_t cached = 0;
  for (int32_t round = 0; round < 30; round++) {
    const int32_t prompt = round / 2 % 5;
    const uint64_t salt = 1 + static_cast<uint64_t>(prompt % 3);
    CHECK(bench.submit(++id, numbers(prompt, 40), 10, salt) == R1_OK);
    const Outcome &outcome = bench.until_ended(id).at(id);
    CHECK(outcome.ids == expected(numbers(prompt, 40), outcome.ids.size()));
    cached += outcome.last.body.last.cached_tokens;
  }
  CHECK(bench.submit(++id, numbers(1, 90), 10) == R1_OK);
  bench.until_ended(id);
  CHECK(cached > 0);
}

// One salt shares while the first still runs; another salt never does.
TEST(aPrefixIsSharedWithinASaltOnly) {
  Script script;
  script.kv_tokens = 400;
  Bench bench(script);
  const std::vector<int32_t> prompt = numbers(1, 40);
  CHECK(bench.submit(1, prompt, 10, 7) == R1_OK);
  bench.until_ended(1);
  for (uint64_t id = 2; id <= 4; id++) {
    CHECK(bench.submit(id, prompt, 10, id == 4 ? 8 : 7) == R1_OK);
  }
  const auto &outcomes = bench.until_ended(4);
  CHECK(outcomes.at(2).last.body.last.cached_tokens == 39);
  CHECK(outcomes.at(3).last.body.last.cached_tokens == 39);
  CHECK(outcomes.at(4).last.body.last.cached_tokens == 0);
  CHECK(outcomes.at(2).ids == outcomes.at(1).ids && outcomes.at(3).ids == outcomes.at(1).ids);
  CHECK(script.shares >= 1);
}

TEST(aFullRingStopsTheEngineAndLosesNothing) {
  Script script;
  Bench bench(script, 4, 4 * R1_EVENTS_PER_TOKEN_MAX + 65);
  for (uint64_t id = 1; id <= 30; id++) {
    CHECK(bench.submit(id, numbers(static_cast<int32_t>(id), 3), 50) == R1_OK);
  }
  const auto &outcomes = bench.until_ended(30);
  for (const auto &[id, outcome] : outcomes) {
    CHECK(outcome.ends == 1);
    CHECK(outcome.last.body.last.output_tokens == outcome.ids.size());
  }
}

TEST(manyThreadsSubmitAndCancelWhileOnePolls) {
  Script script;
  Bench bench(script);
  std::atomic<size_t> accepted = 0;
  std::vector<std::thread> threads;
  for (uint64_t thread = 0; thread < 4; thread++) {
    threads.emplace_back([&, thread] {
      for (uint64_t i = 0; i < 300; i++) {
        const uint64_t id = 1 + thread * 1000 + i;
        while (bench.submit(id, numbers(static_cast<int32_t>(i), 5), 10) == R1_QUEUE_FULL) {
          std::this_thread::yield();
        }
        accepted++;
        if (i % 3 == 0) {
          bench.engine().cancel(id);
        }
        r1_stats_snapshot stats{};
        CHECK(bench.engine().stats(stats).ok());
      }
    });
  }
  const auto &outcomes = bench.until_ended(1200);
  for (std::thread &thread : threads) {
    thread.join();
  }
  CHECK(accepted == 1200 && outcomes.size() == 1200);
  CHECK(std::all_of(outcomes.begin(), outcomes.end(),
                    [](const auto &entry) { return entry.second.ends == 1; }));
}

TEST(closeWhileEverythingRunsEndsCleanly) {
  for (uint32_t round = 0; round < 20; round++) {
    Script script;
    Bench bench(script, 4, 4 * R1_EVENTS_PER_TOKEN_MAX + 65);
    for (uint64_t id = 1; id <= 8; id++) {
      CHECK(bench.submit(id, numbers(1, 8), 90) == R1_OK);
    }
    if (round % 2 == 0) {
      bench.until_ended(2);
    }
    bench.close();
  }
}

TEST(theAbiRefusesWhatItCannotUse) {
  CHECK(r1_abi_version() == R1_ABI_VERSION);
  r1_engine *engine = nullptr;
  r1_options options{};
  r1_options_default(&options);
  CHECK(r1_engine_create(nullptr, &engine) == R1_INVALID);
  CHECK(r1_engine_create(&options, &engine) == R1_INVALID);
  options.model_path = "none";
  options.library_dir = "/nowhere";
  CHECK(r1_engine_create(&options, &engine) == R1_UNSUPPORTED);
  char reason[R1_ERROR_BYTES_MAX];
  const uint32_t length = r1_last_error(nullptr, reason, sizeof reason);
  CHECK(std::string(reason, length).find("/nowhere") != std::string::npos);
  options.backend = "../evil";
  CHECK(r1_engine_create(&options, &engine) == R1_INVALID);
  options.abi_version = 99;
  CHECK(r1_engine_create(&options, &engine) == R1_ABI_MISMATCH);
  CHECK(engine == nullptr);
  CHECK(r1_submit(nullptr, nullptr) == R1_INVALID);
  CHECK(r1_cancel(nullptr, 1) == R1_INVALID);
  r1_engine_destroy(nullptr);
}
