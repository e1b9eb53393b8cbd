#include "gateway/s3/codec/header_parameters.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace trebol {
namespace {

// What is between quotes, the first of which was taken. Nothing where the second is missing.
std::optional<std::string> TakeQuoted(absl::string_view* rest) {
  std::string out;
  for (size_t i = 0; i < rest->size(); ++i) {
    const char c = (*rest)[i];
    if (c == '"') {
      rest->remove_prefix(i + 1);
      return out;
    }
    const bool escaped =
        c == '\\' && i + 1 < rest->size() && ((*rest)[i + 1] == '"' || (*rest)[i + 1] == '\\');
    if (escaped) ++i;
    out.push_back((*rest)[i]);
  }
  return std::nullopt;
}

}  // namespace

std::string HeaderParameters::Get(absl::string_view name) const {
  for (const auto& [each, text] : parameters) {
    if (each == name) return text;
  }
  return "";
}

std::optional<HeaderParameters> ParseHeaderParameters(absl::string_view text) {
  HeaderParameters header;
  size_t semicolon = std::min(text.find(';'), text.size());
  header.value = std::string(absl::StripAsciiWhitespace(text.substr(0, semicolon)));
  absl::string_view rest = text.substr(semicolon);
  while (!rest.empty()) {
    rest = absl::StripLeadingAsciiWhitespace(rest.substr(1));  // the ';'
    if (rest.empty()) break;
    const size_t equals = rest.find('=');
    if (equals == absl::string_view::npos || equals > rest.find(';')) return std::nullopt;
    std::string name = absl::AsciiStrToLower(absl::StripAsciiWhitespace(rest.substr(0, equals)));
    rest = absl::StripLeadingAsciiWhitespace(rest.substr(equals + 1));
    std::string value;
    if (!rest.empty() && rest[0] == '"') {
      rest.remove_prefix(1);
      auto quoted = TakeQuoted(&rest);
      if (!quoted.has_value()) return std::nullopt;
      value = *std::move(quoted);
      rest = absl::StripLeadingAsciiWhitespace(rest);
      if (!rest.empty() && rest[0] != ';') return std::nullopt;
    } else {
      semicolon = std::min(rest.find(';'), rest.size());
      value = std::string(absl::StripTrailingAsciiWhitespace(rest.substr(0, semicolon)));
      rest.remove_prefix(semicolon);
    }
    for (const auto& [each, its_text] : header.parameters) {
      if (each == name) return std::nullopt;
    }
    header.parameters.emplace_back(std::move(name), std::move(value));
  }
  return header;
}

}  // namespace trebol
