#include "core/status.h"

#include <array>
#include <cstring>

namespace r1 {
namespace {

thread_local std::array<char, R1_ERROR_BYTES_MAX> last_error{};

}  // namespace

void remember_error(const char *reason) noexcept {
  size_t length = strnlen(reason, last_error.size() - 1);
  while (length > 0 && (static_cast<uint8_t>(reason[length]) & 0xC0U) == 0x80) {
    length--;  // no character is cut
  }
  std::memcpy(last_error.data(), reason, length);
  last_error[length] = '\0';
}

const char *remembered_error() noexcept { return last_error.data(); }

}  // namespace r1
