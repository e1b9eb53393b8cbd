#include "tests/testing/test_key.h"

#include <cstdlib>
#include <string>

namespace trebol::testing {

void UseTestKey() {
  static const bool set = [] {
    if (std::getenv("AWS_ACCESS_KEY_ID") != nullptr) return true;
    setenv("AWS_ACCESS_KEY_ID", "root-of-the-tests", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "secret-of-the-tests", 1);
    return true;
  }();
  (void)set;
}

AccessPair KeyOfEnvironment() {
  const auto variable = [](const char* name) -> std::string {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  return {variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")};
}

}  // namespace trebol::testing
