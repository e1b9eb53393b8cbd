#pragma once

namespace trebol {
/// Prints the place and the condition and aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition);
}  // namespace trebol

/// For our own bugs, never for what the world sent. On in every build.
#define TREBOL_CHECK(condition)                              \
  do {                                                       \
    if (!(condition)) [[unlikely]] {                         \
      ::trebol::CheckFailed(__FILE__, __LINE__, #condition); \
    }                                                        \
  } while (false)
