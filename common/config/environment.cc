#include "common/config/environment.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "absl/strings/match.h"

namespace trebol {
namespace {

constexpr std::array<absl::string_view, 5> kForeign = {"TREBOL_ENDPOINT", "TREBOL_CREDENTIALS_FILE",
                                                       "TREBOL_CONFIG", "TREBOL_BUCKETS",
                                                       "TREBOL_PLANTED_DEFECT"};

bool IsServiceLink(absl::string_view name, absl::string_view value) {
  const bool is_url = absl::StartsWith(value, "tcp://") || absl::StartsWith(value, "udp://");
  return absl::EndsWith(name, "_SERVICE_HOST") || absl::StrContains(name, "_SERVICE_PORT") ||
         (absl::EndsWith(name, "_PORT") && is_url) ||
         (absl::StrContains(name, "_PORT_") &&
          (absl::StrContains(name, "_TCP") || absl::StrContains(name, "_UDP")));
}

}  // namespace

Environment ProcessEnvironment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const size_t equals = text.find('=');
    if (equals != std::string::npos) environment[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return environment;
}

bool IsForeignVariable(absl::string_view name, absl::string_view value) {
  return std::find(kForeign.begin(), kForeign.end(), name) != kForeign.end() ||
         absl::StartsWith(name, "TREBOL_TEST_") || IsServiceLink(name, value);
}

}  // namespace trebol
