// A test is a function under TEST(name); CHECK says what must hold.
#pragma once

#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace r1::testing {

struct Test {
  const char *name;
  std::function<void()> body;
};

inline std::vector<Test> &tests() {
  static std::vector<Test> all;
  return all;
}

inline int &failures() {
  static int count = 0;
  return count;
}

struct Registration {
  Registration(const char *name, std::function<void()> body) {
    tests().push_back({name, std::move(body)});
  }
};

inline void check(bool holds, const char *what, const char *file, int line) {
  if (!holds) {
    failures()++;
    std::fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
  }
}

}  // namespace r1::testing

#define CHECK(condition) ::r1::testing::check((condition), #condition, __FILE__, __LINE__)
#define TEST(name)                                                       \
  static void name();                                                    \
  static const ::r1::testing::Registration register_##name{#name, name}; \
  static void name()
