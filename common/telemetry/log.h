#pragma once

#include <concepts>
#include <initializer_list>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace trebol {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

/// A name and a value of a log line. Text may come from anywhere: it is quoted and escaped.
struct LogField {
  LogField(absl::string_view field_name, absl::string_view text)
      : name(field_name), value(text), is_text(true) {}
  template <typename Number>
    requires(std::integral<Number> && !std::same_as<Number, bool>) || std::floating_point<Number>
  LogField(absl::string_view field_name, Number number)
      : name(field_name), value(absl::StrCat(number)), is_text(!IsFinite(number)) {}
  LogField(absl::string_view field_name, std::same_as<bool> auto truth)
      : name(field_name), value(truth ? "true" : "false"), is_text(false) {}

  absl::string_view name;  // a constant of the program
  std::string value;
  bool is_text;

 private:
  template <typename Number>
  static bool IsFinite(Number number) {
    return number - number == 0;  // neither infinite nor NaN, which JSON cannot say
  }
};

/// Writes one line to the standard error stream, in one piece; thread-safe. A level that is off
/// costs one atomic load (and the fields: guard expensive ones with LogEnabled). `component` and
/// `message` are constants of the program: what varies goes into fields. Errors are logged once,
/// where they are decided.
///   2026-01-02T03:04:05.678Z INFO storage cluster map installed epoch=7
void Log(LogLevel level, absl::string_view component, absl::string_view message,
         std::initializer_list<LogField> fields = {});

bool LogEnabled(LogLevel level);

/// What is written and how, for the whole process: the start of main. INFO and text until called.
void ConfigureLog(LogLevel level, LogFormat format);

/// `debug`, `info`, `warning` or `error`; `text` or `json`. INVALID_ARGUMENT otherwise.
absl::StatusOr<LogLevel> ParseLogLevel(absl::string_view text);
absl::StatusOr<LogFormat> ParseLogFormat(absl::string_view text);

}  // namespace trebol
