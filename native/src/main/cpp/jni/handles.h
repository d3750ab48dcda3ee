// Engines behind handles that Java may keep after close: slot and generation, never a pointer.
#pragma once

#include <jni.h>

#include "r1_engine.h"

namespace r1::jni {

// Beside the statuses of r1_engine.h.
inline constexpr jint kClosed = 100;       // no open engine has this handle
inline constexpr jint kTooManyOpen = 101;  // 64 engines are open

// Takes the engine; 0 if 64 are open, then it is the caller's still.
[[nodiscard]] jlong add(r1_engine *engine);

// Ends the handle, waits for calls that run, and destroys the engine. Nothing if ended already.
void close(jlong handle);

// Keeps the engine of a handle alive while a call runs.
class Pin {
 public:
  explicit Pin(jlong handle);
  ~Pin();
  Pin(const Pin &) = delete;
  Pin &operator=(const Pin &) = delete;

  // NULL if closed.
  [[nodiscard]] r1_engine *engine() const { return engine_; }

 private:
  size_t slot_ = 0;
  r1_engine *engine_ = nullptr;
};

}  // namespace r1::jni
