#include "check.h"

int main() {
  for (const r1::testing::Test &test : r1::testing::tests()) {
    const int before = r1::testing::failures();
    test.body();
    std::printf("%s %s\n", r1::testing::failures() == before ? "passed" : "FAILED", test.name);
  }
  return r1::testing::failures() == 0 ? 0 : 1;
}
