// The simulated model's tokens: all bytes, R1's markers, and words to talk with.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/backend.h"

namespace r1::sim {

class Vocabulary {
 public:
  Vocabulary();

  void describe(ModelCard &card) const;
  // Words with the space before them, else bytes; markers are read as text.
  void tokenize(std::string_view text, std::vector<int32_t> &ids) const;

  [[nodiscard]] int32_t marker(const char *piece) const;
  [[nodiscard]] int32_t word(uint64_t number) const;

 private:
  std::vector<std::string> pieces_;
  std::unordered_map<std::string, int32_t> words_;
  std::unordered_map<std::string, int32_t> markers_;
  int32_t first_word_ = 0;
  size_t longest_word_ = 0;
};

}  // namespace r1::sim
