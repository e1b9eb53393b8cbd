#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "common/telemetry/log.h"
#include "tests/fuzz/message_maker.h"
#include "tests/fuzz/score.h"

namespace trebol {

/// One input for a target whose calls are scored: `Target(FuzzInput*, Score*).Run()`. Refusals are
/// what most inputs lead to, so only errors of the servers are logged.
template <typename Target>
int RunTarget(const uint8_t* data, size_t size) {
  static Score score;  // over all inputs
  ConfigureLog(LogLevel::kError, LogFormat::kText);
  FuzzInput input(absl::string_view(reinterpret_cast<const char*>(data), size));
  Target(&input, &score).Run();
  return 0;
}

}  // namespace trebol
