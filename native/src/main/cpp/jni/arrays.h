// Java arrays as C++ values and back, by region copies. A Java exception becomes JavaException.
#pragma once

#include <jni.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "r1_engine.h"

namespace r1::jni {

// A Java exception is pending: the native method must return, and Java sees it.
struct JavaException {};

inline void check(JNIEnv *env) {
  if (env->ExceptionCheck() == JNI_TRUE) {
    throw JavaException{};
  }
}

inline size_t length_of(JNIEnv *env, jarray array) {
  return static_cast<size_t>(env->GetArrayLength(array));
}

inline std::vector<uint8_t> bytes_of(JNIEnv *env, jbyteArray array) {
  std::vector<uint8_t> bytes(length_of(env, array));
  env->GetByteArrayRegion(array, 0, static_cast<jsize>(bytes.size()),
                          reinterpret_cast<jbyte *>(bytes.data()));
  check(env);
  return bytes;
}

inline std::string text_of(JNIEnv *env, jbyteArray array) {
  const std::vector<uint8_t> bytes = bytes_of(env, array);
  return {bytes.begin(), bytes.end()};
}

inline std::vector<int32_t> ids_of(JNIEnv *env, jintArray array) {
  std::vector<int32_t> ids(length_of(env, array));
  env->GetIntArrayRegion(array, 0, static_cast<jsize>(ids.size()), ids.data());
  check(env);
  return ids;
}

template <size_t kCount>
std::array<jlong, kCount> numbers_of(JNIEnv *env, jlongArray array) {
  std::array<jlong, kCount> numbers{};
  env->GetLongArrayRegion(array, 0, static_cast<jsize>(kCount), numbers.data());
  check(env);
  return numbers;
}

template <size_t kCount>
std::array<jfloat, kCount> floats_of(JNIEnv *env, jfloatArray array) {
  std::array<jfloat, kCount> numbers{};
  env->GetFloatArrayRegion(array, 0, static_cast<jsize>(kCount), numbers.data());
  check(env);
  return numbers;
}

inline std::vector<r1_bias> biases_of(JNIEnv *env, jintArray ids, jfloatArray values) {
  const std::vector<int32_t> tokens = ids_of(env, ids);
  std::vector<jfloat> numbers(tokens.size());
  env->GetFloatArrayRegion(values, 0, static_cast<jsize>(numbers.size()), numbers.data());
  check(env);
  std::vector<r1_bias> biases(tokens.size());
  for (size_t i = 0; i < tokens.size(); i++) {
    biases[i] = {tokens[i], numbers[i]};
  }
  return biases;
}

inline void set_bytes(JNIEnv *env, jbyteArray array, const void *bytes, size_t count) {
  env->SetByteArrayRegion(array, 0, static_cast<jsize>(count), static_cast<const jbyte *>(bytes));
  check(env);
}

inline void set_ids(JNIEnv *env, jintArray array, const int32_t *ids, size_t count) {
  env->SetIntArrayRegion(array, 0, static_cast<jsize>(count), ids);
  check(env);
}

inline void set_longs(JNIEnv *env, jlongArray array, const jlong *numbers, size_t count) {
  env->SetLongArrayRegion(array, 0, static_cast<jsize>(count), numbers);
  check(env);
}

// A region of no element still needs a pointer that is not NULL in r1_engine.h.
template <typename Element>
Element *pointer(std::vector<Element> &elements) {
  static Element none{};
  return elements.empty() ? &none : elements.data();
}

}  // namespace r1::jni
