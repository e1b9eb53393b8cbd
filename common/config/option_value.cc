#include "common/config/option_value.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace trebol {

OptionValue TextValue(std::string* target) {
  return {.default_text = *target, .assign = [target](const std::string& text) {
            *target = text;
            return absl::OkStatus();
          }};
}

OptionValue SwitchValue(bool* target) {
  OptionValue value = ParsedValue<bool>(target, ParseBoolean, *target ? "true" : "");
  value.kind = OptionValue::Kind::kSwitch;
  return value;
}

OptionValue SizeValue(uint64_t* target) {
  return ParsedValue<uint64_t>(target, ParseSize, SizeText(*target));
}

OptionValue DurationValue(absl::Duration* target) {
  return ParsedValue<absl::Duration>(target, ParseDuration, DurationText(*target));
}

OptionValue NumberValue(double* target, double least, double most) {
  const auto parse = [least, most](absl::string_view text) {
    return ParseNumber(text, least, most);
  };
  return ParsedValue<double>(target, parse, absl::StrCat(*target));
}

OptionValue EndpointValue(Endpoint* target) {
  return ParsedValue<Endpoint>(target, ParseEndpoint,
                               target->host.empty() ? "" : ToString(*target));
}

OptionValue TextListValue(std::vector<std::string>* target) {
  return {.kind = OptionValue::Kind::kList,
          .default_text = absl::StrJoin(*target, ","),
          .assign =
              [target](const std::string& text) {
                target->push_back(text);
                return absl::OkStatus();
              },
          .clear = [target] { target->clear(); }};
}

OptionValue EndpointListValue(std::vector<Endpoint>* target) {
  const auto append = [](std::string* out, const Endpoint& endpoint) {
    out->append(ToString(endpoint));
  };
  return {.kind = OptionValue::Kind::kList,
          .default_text = absl::StrJoin(*target, ",", append),
          .assign =
              [target](const std::string& text) {
                absl::StatusOr<Endpoint> endpoint = ParseEndpoint(text);
                if (endpoint.ok()) target->push_back(*std::move(endpoint));
                return endpoint.status();
              },
          .clear = [target] { target->clear(); }};
}

OptionValue SecretValue(std::string* target) {
  OptionValue value = TextValue(target);
  value.kind = OptionValue::Kind::kSecret;
  value.default_text.clear();  // never shown
  return value;
}

}  // namespace trebol
