// The two owners of Python things: the global lock, and one reference.
#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <utility>

namespace r1::trtllm {

// Holds the interpreter's lock. Never wait for anything else while one lives.
class Gil {
 public:
  Gil() : state_(PyGILState_Ensure()) {}
  ~Gil() { PyGILState_Release(state_); }
  Gil(const Gil &) = delete;
  Gil &operator=(const Gil &) = delete;

 private:
  PyGILState_STATE state_;
};

// An owned reference, possibly none. Made and ended under the Gil.
class Ref {
 public:
  Ref() = default;
  explicit Ref(PyObject *owned) : object_(owned) {}
  ~Ref() { Py_XDECREF(object_); }
  Ref(Ref &&other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref &operator=(Ref &&other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  Ref(const Ref &) = delete;
  Ref &operator=(const Ref &) = delete;

  static Ref borrowed(PyObject *object) { return Ref(Py_XNewRef(object)); }

  [[nodiscard]] PyObject *get() const { return object_; }
  [[nodiscard]] PyObject *release() { return std::exchange(object_, nullptr); }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  PyObject *object_ = nullptr;
};

}  // namespace r1::trtllm
