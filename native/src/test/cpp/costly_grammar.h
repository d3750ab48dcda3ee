// A grammar of 14 KB of all digits but 3, which needs more work than a choice may have: where it
// stands depends on all eight digits before, and at each digit it may begin what is 600 rules deep.
#pragma once

#include <string>

namespace r1::testing {

inline std::string costly_grammar() {
  std::string text = "root ::= [0-24-9]* d0\n";
  for (int i = 0; i < 600; i++) {
    text.append("d").append(std::to_string(i)).append(" ::= d").append(std::to_string(i + 1));
    text.append(" \"y\"\n");
  }
  text.append("d600 ::= \"z\"");
  for (const char digit : {'0', '1', '2', '4', '5', '6', '7', '8', '9'}) {
    text.append(" | \"").append(1, digit).append("\" [0-24-9]{8}");
  }
  return text.append("\n");
}

}  // namespace r1::testing
