// The entries of the C ABI: each checks its pointers and calls the engine inside guard().
#include "r1_engine.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "core/checks.h"
#include "core/engine.h"

using r1::guard;
using r1::refuse;
using r1::Status;

static_assert(sizeof(r1_event) == 64);
static_assert(offsetof(r1_event, body) == 16);
static_assert(sizeof(r1_model) == 512);
static_assert(sizeof(r1_stats_snapshot) == 136);

namespace {

constexpr uint32_t kWaitMax = 1000;
constexpr uint32_t kPollEventsMax = 65536;

Status missing() { return refuse(R1_INVALID, "an argument is NULL"); }

std::chrono::milliseconds wait_of(uint32_t millis) {
  return std::chrono::milliseconds(std::min(millis, kWaitMax));
}

std::string_view text_of(const uint8_t *bytes, uint32_t count) {
  return {reinterpret_cast<const char *>(bytes), count};
}

}  // namespace

uint32_t r1_abi_version() noexcept { return R1_ABI_VERSION; }

void r1_options_default(r1_options *options) noexcept {
  if (options == nullptr) {
    return;
  }
  *options = {};
  options->struct_size = sizeof *options;
  options->abi_version = R1_ABI_VERSION;
  options->backend = "llamacpp";
  options->max_sequences = 16;
  options->max_waiting = 64;
  options->step_tokens = 512;
  options->chunk_tokens = 256;
  options->ring_events = 65536;
  options->flags = R1_PREFIX_CACHE | R1_FLASH_ATTENTION;
}

r1_status r1_engine_create(const r1_options *options, r1_engine **engine) noexcept {
  return guard([&]() -> Status {
    if (options == nullptr || engine == nullptr) {
      return missing();
    }
    if (options->struct_size != sizeof *options || options->abi_version != R1_ABI_VERSION) {
      return refuse(R1_ABI_MISMATCH, "the options are of another version of r1_engine.h");
    }
    if (Status status = r1::check_options(*options); !status.ok()) {
      return status;
    }
    std::unique_ptr<r1::Backend> backend;
    if (Status status = r1::open_backend(options->backend, options->library_dir, backend);
        !status.ok()) {
      return status;
    }
    // The C caller owns it until r1_engine_destroy takes it back.
    *engine = std::make_unique<r1_engine>(*options, std::move(backend)).release();
    return {};
  });
}

r1_status r1_engine_state(r1_engine *engine, uint32_t wait_ms, r1_state *state) noexcept {
  return guard([&]() -> Status {
    if (engine == nullptr || state == nullptr) {
      return missing();
    }
    *state = engine->engine.state(wait_of(wait_ms));
    return {};
  });
}

r1_status r1_model_info(r1_engine *engine, r1_model *model) noexcept {
  return guard([&]() -> Status {
    return engine == nullptr || model == nullptr ? missing() : engine->engine.model(*model);
  });
}

r1_status r1_tokenize(r1_engine *engine, const uint8_t *text, uint32_t bytes, int32_t *ids,
                      uint32_t capacity, uint32_t *needed) noexcept {
  return guard([&]() -> Status {
    if (engine == nullptr || text == nullptr || ids == nullptr || needed == nullptr) {
      return missing();
    }
    if (bytes > R1_TEXT_BYTES_MAX) {
      return refuse(R1_TOO_LARGE, "a text has at most 2 MiB");
    }
    return engine->engine.tokenize(text_of(text, bytes), {ids, capacity}, *needed);
  });
}

r1_status r1_detokenize(r1_engine *engine, const int32_t *ids, uint32_t count, uint8_t *text,
                        uint32_t capacity, uint32_t *needed) noexcept {
  return guard([&]() -> Status {
    if (engine == nullptr || ids == nullptr || text == nullptr || needed == nullptr) {
      return missing();
    }
    if (count > R1_TEXT_BYTES_MAX) {
      return refuse(R1_TOO_LARGE, "too many ids at once");
    }
    return engine->engine.detokenize({ids, count}, {text, capacity}, *needed);
  });
}

r1_status r1_token_id(r1_engine *engine, const uint8_t *piece, uint32_t bytes,
                      int32_t *id) noexcept {
  return guard([&]() -> Status {
    if (engine == nullptr || piece == nullptr || id == nullptr) {
      return missing();
    }
    return engine->engine.token_id(text_of(piece, bytes), *id);
  });
}

r1_status r1_submit(r1_engine *engine, const r1_request *request) noexcept {
  return guard([&]() -> Status {
    if (engine == nullptr || request == nullptr) {
      return missing();
    }
    if (request->struct_size != sizeof *request) {
      return refuse(R1_ABI_MISMATCH, "the request is of another version of r1_engine.h");
    }
    return engine->engine.submit(*request);
  });
}

r1_status r1_cancel(r1_engine *engine, uint64_t request_id) noexcept {
  return guard([&]() -> Status {
    return engine == nullptr ? missing() : engine->engine.cancel(request_id);
  });
}

r1_status r1_poll(r1_engine *engine, r1_event *events, uint32_t capacity, uint32_t timeout_ms,
                  uint32_t *count) noexcept {
  return guard([&]() -> Status {
    if (engine == nullptr || events == nullptr || count == nullptr) {
      return missing();
    }
    if (capacity < R1_EVENTS_PER_TOKEN_MAX || capacity > kPollEventsMax) {
      return refuse(R1_INVALID, "a poll takes 16 to 65536 events");
    }
    return engine->engine.poll({events, capacity}, wait_of(timeout_ms), *count);
  });
}

r1_status r1_wake(r1_engine *engine) noexcept {
  return guard([&]() -> Status {
    if (engine == nullptr) {
      return missing();
    }
    engine->engine.wake();
    return {};
  });
}

r1_status r1_stats(r1_engine *engine, r1_stats_snapshot *stats) noexcept {
  return guard([&]() -> Status {
    return engine == nullptr || stats == nullptr ? missing() : engine->engine.stats(*stats);
  });
}

r1_status r1_drain(r1_engine *engine, uint64_t grace_us) noexcept {
  return guard([&]() -> Status {
    const auto grace = static_cast<int64_t>(std::min<uint64_t>(grace_us, INT64_MAX));
    return engine == nullptr ? missing() : engine->engine.drain(std::chrono::microseconds(grace));
  });
}

void r1_engine_destroy(r1_engine *engine) noexcept {
  const std::unique_ptr<r1_engine> last(engine);
}

uint32_t r1_last_error(const r1_engine *engine, char *utf8, uint32_t capacity) noexcept {
  uint32_t length = 0;
  guard([&]() -> Status {
    const std::string failure = engine != nullptr ? engine->engine.failure() : std::string();
    const std::string text = failure.empty() ? r1::remembered_error() : failure;
    if (utf8 != nullptr) {
      length = static_cast<uint32_t>(
          std::min<size_t>({text.size(), capacity, size_t{R1_ERROR_BYTES_MAX}}));
      std::memcpy(utf8, text.data(), length);
    }
    return {};
  });
  return length;
}
