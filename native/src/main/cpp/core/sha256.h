// SHA-256 of a model, as 64 hexadecimal digits.
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

// Of a file: its content, of a model in parts that of all parts one after another. Of a directory:
// the names and sizes of its files in order, and the content of those up to 16 MiB (configuration,
// tokenizer, index), since weights of hundreds of gigabytes would be read twice. Of anything else:
// the name. progress gets 0..1 and returns false to give up.
Status digest_model(const std::string &path, const std::function<bool(float)> &progress,
                    FileDigest &digest);

}  // namespace r1
