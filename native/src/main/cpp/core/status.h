// A result with its reason, and the one way an entry of the C ABI runs.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "r1_engine.h"

namespace r1 {

struct Status {
  r1_status code = R1_OK;
  std::string reason;

  [[nodiscard]] bool ok() const { return code == R1_OK; }
};

inline Status refuse(r1_status code, std::string reason) { return {code, std::move(reason)}; }

// The reason of this thread's last failed call, cut to R1_ERROR_BYTES_MAX.
void remember_error(const char *reason) noexcept;
[[nodiscard]] const char *remembered_error() noexcept;

// Runs an entry: no exception leaves, the reason is kept for r1_last_error.
template <typename Body>
r1_status guard(Body &&body) noexcept {
  try {
    const Status status = std::forward<Body>(body)();
    if (!status.reason.empty()) {
      remember_error(status.reason.c_str());
    }
    return status.code;
  } catch (const std::exception &problem) {
    remember_error(problem.what());
  } catch (...) {
    remember_error("an exception of unknown type");
  }
  return R1_REQUEST;
}

}  // namespace r1
