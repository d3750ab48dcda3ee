// A JSON object of texts and whole numbers, for settings; nothing nested.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/status.h"

namespace r1 {

// Texts as they stand between their quotes, without escapes; numbers as their digits.
Status read_flat_json(std::string_view json, std::map<std::string, std::string> &fields);

}  // namespace r1
