// SHA-256 of a file, as 64 hexadecimal digits.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/status.h"

namespace r1 {

struct FileDigest {
  std::string hex;
  uint64_t bytes = 0;
};

// progress gets 0..1 and returns false to give up.
Status digest_file(const std::string &path, const std::function<bool(float)> &progress,
                   FileDigest &digest);

}  // namespace r1
