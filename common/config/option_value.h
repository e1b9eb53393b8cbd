#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/config/endpoint.h"
#include "common/config/quantities.h"

namespace trebol {

/// Where the text of an option goes and how it becomes a value. Targets belong to the caller and
/// outlive the OptionSet; what they hold when the option is declared is its default.
struct OptionValue {
  enum class Kind {
    kSingle,
    kSwitch,  // needs no value as a flag
    kList,    // commas separate, and the flag may be repeated
    kSecret,  // may also come from the file that …_FILE names; no flag takes the secret itself
  };
  Kind kind = Kind::kSingle;
  std::string default_text;  // shown in --help; empty: none
  /// The error says the accepted form only; OptionSet adds which option and where it was set.
  std::function<absl::Status(const std::string&)> assign;  // called once an element for lists
  std::function<void()> clear = [] {};                     // before the first element of a list
};

OptionValue TextValue(std::string* target);
OptionValue SwitchValue(bool* target);
OptionValue SizeValue(uint64_t* target);
OptionValue DurationValue(absl::Duration* target);
OptionValue NumberValue(double* target, double least, double most);
OptionValue EndpointValue(Endpoint* target);
OptionValue TextListValue(std::vector<std::string>* target);
OptionValue EndpointListValue(std::vector<Endpoint>* target);
OptionValue SecretValue(std::string* target);

/// Any type that has a parser, such as a log level. `default_text` is for --help.
template <typename T>
OptionValue ParsedValue(T* target, std::function<absl::StatusOr<T>(absl::string_view)> parse,
                        std::string default_text) {
  return {.default_text = std::move(default_text),
          .assign = [target, parse = std::move(parse)](const std::string& text) {
            absl::StatusOr<T> value = parse(text);
            if (value.ok()) *target = *std::move(value);
            return value.status();
          }};
}

template <std::integral Integer>
OptionValue IntegerValue(Integer* target, int64_t least, int64_t most) {
  const auto parse = [least, most](absl::string_view text) -> absl::StatusOr<Integer> {
    absl::StatusOr<int64_t> value = ParseInteger(text, least, most);
    if (!value.ok()) return value.status();
    return static_cast<Integer>(*value);
  };
  return ParsedValue<Integer>(target, parse, std::to_string(*target));
}

}  // namespace trebol
