#pragma once

#include <initializer_list>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/telemetry/log.h"

namespace trebol {

/// One line without its end. Whatever the values hold, the line stays one line of valid UTF-8
/// without control characters, and in text form a value cannot look like another field.
std::string FormatLogLine(LogFormat format, absl::Time time, LogLevel level,
                          absl::string_view component, absl::string_view message,
                          std::initializer_list<LogField> fields);

}  // namespace trebol
