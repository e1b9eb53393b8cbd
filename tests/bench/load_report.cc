#include "tests/bench/load_report.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"

namespace trebol::bench {

std::string ToJsonLine(const LoadReport& report) {
  return nlohmann::json{{"operations", report.operations},
                        {"bytes", report.bytes},
                        {"seconds", report.seconds},
                        {"client_cpu_seconds", report.client_cpu_seconds},
                        {"server_cpu_seconds", report.server_cpu_seconds},
                        {"disk_bytes", report.disk_bytes},
                        {"p50_ms", report.p50_ms},
                        {"p99_ms", report.p99_ms}}
      .dump();
}

absl::StatusOr<LoadReport> ParseReport(absl::string_view line) {
  const auto json = nlohmann::json::parse(line.begin(), line.end(), nullptr,
                                          /*allow_exceptions=*/false);
  const auto number = [&json](const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_number() ? found->get<double>() : 0;
  };
  if (!json.is_object() || number("seconds") <= 0) {
    return absl::InvalidArgumentError(absl::StrCat("no report of a load: ", line));
  }
  return LoadReport{.operations = static_cast<uint64_t>(number("operations")),
                    .bytes = static_cast<uint64_t>(number("bytes")),
                    .seconds = number("seconds"),
                    .client_cpu_seconds = number("client_cpu_seconds"),
                    .server_cpu_seconds = number("server_cpu_seconds"),
                    .disk_bytes = static_cast<uint64_t>(number("disk_bytes")),
                    .p50_ms = number("p50_ms"),
                    .p99_ms = number("p99_ms")};
}

}  // namespace trebol::bench
