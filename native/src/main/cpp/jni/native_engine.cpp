// The native methods of io.r1platform.engine.NativeEngine: each converts its arguments, calls one
// function of r1_engine.h and returns its status.
#include <jni.h>

#include <array>
#include <bit>
#include <string>
#include <vector>

#include "jni/arrays.h"
#include "jni/handles.h"
#include "r1_engine.h"

using namespace r1::jni;

static_assert(std::endian::native == std::endian::little, "Java reads structs little-endian");
static_assert(sizeof(jint) == sizeof(int32_t) && sizeof(jlong) == sizeof(int64_t));

namespace {

// The one place where native code that throws meets Java: memory may run out while copying.
template <typename Body>
jint call(Body &&body) noexcept {
  try {
    return body();
  } catch (...) {
    return R1_REQUEST;
  }
}

// The same for the functions of an engine.
template <typename Body>
jint with_engine(jlong handle, Body &&body) noexcept {
  return call([&]() -> jint {
    const Pin pin(handle);
    return pin.engine() == nullptr ? kClosed : body(pin.engine());
  });
}

}  // namespace

extern "C" {

JNIEXPORT jint JNICALL Java_io_r1platform_engine_NativeEngine_abiVersion(JNIEnv *, jclass) {
  return static_cast<jint>(r1_abi_version());
}

JNIEXPORT jint JNICALL Java_io_r1platform_engine_NativeEngine_create(
    JNIEnv *env, jclass, jbyteArray backend, jbyteArray model_path, jbyteArray library_directory,
    jbyteArray backend_json, jlongArray numbers, jlongArray handle) {
  return call([&]() -> jint {
    const std::string backend_name = text_of(env, backend);
    const std::string model = text_of(env, model_path);
    const std::string directory = text_of(env, library_directory);
    const std::string json = text_of(env, backend_json);
    const auto number = numbers_of<9>(env, numbers);
    const auto size = [&](size_t i) { return static_cast<uint32_t>(number[i]); };
    r1_options options{};
    r1_options_default(&options);
    options.backend = backend_name.c_str();
    options.model_path = model.c_str();
    options.library_dir = directory.c_str();
    options.backend_json = json.empty() ? nullptr : json.c_str();
    options.max_sequences = size(0);
    options.max_waiting = size(1);
    options.context_tokens = size(2);
    options.step_tokens = size(3);
    options.chunk_tokens = size(4);
    options.threads = size(5);
    options.ring_events = size(6);
    options.flags = size(7);
    options.memory_bytes_max = static_cast<uint64_t>(number[8]);
    r1_engine *engine = nullptr;
    const r1_status status = r1_engine_create(&options, &engine);
    if (status != R1_OK) {
      return status;
    }
    const jlong added = r1::jni::add(engine);
    if (added == 0) {
      r1_engine_destroy(engine);
      return kTooManyOpen;
    }
    set_longs(env, handle, &added, 1);
    return R1_OK;
  });
}

JNIEXPORT jint JNICALL Java_io_r1platform_engine_NativeEngine_state(JNIEnv *env, jclass,
                                                                    jlong handle, jint wait_millis,
                                                                    jintArray state) {
  return with_engine(handle, [&](r1_engine *engine) -> jint {
    r1_state now{};
    const r1_status status = r1_engine_state(engine, static_cast<uint32_t>(wait_millis), &now);
    const std::array<jint, 3> numbers = {now.phase, now.status, std::bit_cast<jint>(now.progress)};
    set_ids(env, state, numbers.data(), numbers.size());
    return status;
  });
}

JNIEXPORT jint JNICALL Java_io_r1platform_engine_NativeEngine_model(JNIEnv *env, jclass,
                                                                    jlong handle,
                                                                    jbyteArray model) {
  return with_engine(handle, [&](r1_engine *engine) -> jint {
    r1_model info{};
    const r1_status status = r1_model_info(engine, &info);
    if (status == R1_OK) {
      set_bytes(env, model, &info, sizeof info);
    }
    return status;
  });
}

JNIEXPORT jint JNICALL Java_io_r1platform_engine_NativeEngine_tokenize(
    JNIEnv *env, jclass, jlong handle, jbyteArray text, jintArray ids, jintArray needed) {
  return with_engine(handle, [&](r1_engine *engine) -> jint {
    std::vector<uint8_t> bytes = bytes_of(env, text);
    std::vector<int32_t> found(length_of(env, ids));
    uint32_t count = 0;
    const r1_status status =
        r1_tokenize(engine, pointer(bytes), static_cast<uint32_t>(bytes.size()), pointer(found),
                    static_cast<uint32_t>(found.size()), &count);
    const auto all = static_cast<jint>(count);
    set_ids(env, needed, &all, 1);
    if (status == R1_OK) {
      set_ids(env, ids, found.data(), count);
    }
    return status;
  });
}

JNIEXPORT jint JNICALL Java_io_r1platform_engine_NativeEngine_detokenize(
    JNIEnv *env, jclass, jlong handle, jintArray ids, jbyteArray text, jintArray needed) {
  return with_engine(handle, [&](r1_engine *engine) -> jint {
    std::vector<int32_t> tokens = ids_of(env, ids);
    std::vector<uint8_t> bytes(length_of(env, text));
    uint32_t count = 0;
    const r1_status status =
        r1_detokenize(engine, pointer(tokens), static_cast<uint32_t>(tokens.size()), pointer(bytes),
                      static_cast<uint32_t>(bytes.size()), &count);
    const auto all = static_cast<jint>(count);
    set_ids(env, needed, &all, 1);
    if (status == R1_OK) {
      set_bytes(env, text, bytes.data(), count);
    }
    return status;
  });
}

JNIEXPORT jint JNICALL Java_io_r1platform_engine_NativeEngine_tokenId(JNIEnv *env, jclass,
                                                                      jlong handle,
                                                                      jbyteArray piece,
                                                                      jintArray id) {
  return with_engine(handle, [&](r1_engine *engine) -> jint {
    std::vector<uint8_t> bytes = bytes_of(env, piece);
    int32_t found = -1;
    const r1_status status =
        r1_token_id(engine, pointer(bytes), static_cast<uint32_t>(bytes.size()), &found);
    set_ids(env, id, &found, 1);
    return status;
  });
}

JNIEXPORT jint JNICALL Java_io_r1platform_engine_NativeEngine_submit(
    JNIEnv *env, jclass, jlong handle, jlong request_id, jintArray prompt_ids, jintArray stop_ids,
    jlongArray numbers, jfloatArray factors, jintArray bias_ids, jfloatArray biases,
    jbyteArray constraint) {
  return with_engine(handle, [&](r1_engine *engine) -> jint {
    std::vector<int32_t> prompt = ids_of(env, prompt_ids);
    std::vector<int32_t> stops = ids_of(env, stop_ids);
    std::vector<r1_bias> bias = biases_of(env, bias_ids, biases);
    const std::string text = text_of(env, constraint);
    const auto number = numbers_of<11>(env, numbers);
    const auto factor = floats_of<6>(env, factors);
    r1_request request{};
    request.struct_size = sizeof request;
    request.request_id = static_cast<uint64_t>(request_id);
    request.prompt_ids = pointer(prompt);
    request.prompt_count = static_cast<uint32_t>(prompt.size());
    request.stop_ids = pointer(stops);
    request.stop_count = static_cast<uint32_t>(stops.size());
    request.bias = pointer(bias);
    request.bias_count = static_cast<uint32_t>(bias.size());
    request.constraint = text.empty() ? nullptr : text.c_str();
    request.flags = static_cast<uint32_t>(number[0]);
    request.max_tokens = static_cast<uint32_t>(number[1]);
    request.min_tokens = static_cast<uint32_t>(number[2]);
    request.priority = static_cast<int32_t>(number[3]);
    request.seed = static_cast<uint64_t>(number[4]);
    request.cache_salt = static_cast<uint64_t>(number[5]);
    request.deadline_us = static_cast<uint64_t>(number[6]);
    request.top_k = static_cast<int32_t>(number[7]);
    request.top_logprobs = static_cast<uint32_t>(number[8]);
    request.constraint_kind = static_cast<uint32_t>(number[9]);
    request.constraint_after_id = static_cast<int32_t>(number[10]);
    request.temperature = factor[0];
    request.top_p = factor[1];
    request.min_p = factor[2];
    request.repetition_penalty = factor[3];
    request.presence_penalty = factor[4];
    request.frequency_penalty = factor[5];
    return r1_submit(engine, &request);
  });
}

JNIEXPORT jint JNICALL Java_io_r1platform_engine_NativeEngine_cancel(JNIEnv *, jclass, jlong handle,
                                                                     jlong request_id) {
  return with_engine(handle, [&](r1_engine *engine) -> jint {
    return r1_cancel(engine, static_cast<uint64_t>(request_id));
  });
}

// The number of events, or the negated status.
JNIEXPORT jint JNICALL Java_io_r1platform_engine_NativeEngine_poll(JNIEnv *env, jclass,
                                                                   jlong handle, jobject events,
                                                                   jint capacity,
                                                                   jint timeout_millis) {
  uint32_t count = 0;
  const jint status = with_engine(handle, [&](r1_engine *engine) -> jint {
    void *address = env->GetDirectBufferAddress(events);
    const jlong bytes = env->GetDirectBufferCapacity(events);
    if (address == nullptr || capacity < 0 || bytes / jlong{sizeof(r1_event)} < capacity) {
      return R1_INVALID;
    }
    return r1_poll(engine, static_cast<r1_event *>(address), static_cast<uint32_t>(capacity),
                   static_cast<uint32_t>(timeout_millis), &count);
  });
  return status == R1_OK || status == R1_TIMEOUT ? static_cast<jint>(count) : -status;
}

JNIEXPORT jint JNICALL Java_io_r1platform_engine_NativeEngine_stats(JNIEnv *env, jclass,
                                                                    jlong handle,
                                                                    jlongArray numbers) {
  return with_engine(handle, [&](r1_engine *engine) -> jint {
    r1_stats_snapshot stats{};
    const r1_status status = r1_stats(engine, &stats);
    const auto values = std::bit_cast<std::array<jlong, 17>>(stats);
    set_longs(env, numbers, values.data(), values.size());
    return status;
  });
}

JNIEXPORT jint JNICALL Java_io_r1platform_engine_NativeEngine_drain(JNIEnv *, jclass, jlong handle,
                                                                    jlong grace_micros) {
  return with_engine(handle, [&](r1_engine *engine) -> jint {
    return r1_drain(engine, static_cast<uint64_t>(grace_micros));
  });
}

JNIEXPORT void JNICALL Java_io_r1platform_engine_NativeEngine_destroy(JNIEnv *, jclass,
                                                                      jlong handle) {
  call([&]() -> jint {
    r1::jni::close(handle);
    return R1_OK;
  });
}

// Writes the text and returns its length.
JNIEXPORT jint JNICALL Java_io_r1platform_engine_NativeEngine_lastError(JNIEnv *env, jclass,
                                                                        jlong handle,
                                                                        jbyteArray text) {
  return call([&]() -> jint {
    const Pin pin(handle);
    std::array<char, R1_ERROR_BYTES_MAX> error{};
    const uint32_t length =
        r1_last_error(pin.engine(), error.data(), static_cast<uint32_t>(error.size()));
    set_bytes(env, text, error.data(), length);
    return static_cast<jint>(length);
  });
}

}  // extern "C"
