#include "tests/bench/gateway_counters.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/http/http_client.h"

namespace trebol::bench {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(10);

}  // namespace

GatewayCounters GatewayCounters::operator-(const GatewayCounters& other) const {
  return {.requests = requests - other.requests,
          .puts_done = puts_done - other.puts_done,
          .gets_done = gets_done - other.gets_done,
          .chunk_puts = chunk_puts - other.chunk_puts,
          .chunk_gets = chunk_gets - other.chunk_gets};
}

absl::StatusOr<GatewayCounters> ParseGatewayCounters(const std::string& text) {
  GatewayCounters counters;
  bool found = false;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
    double number = 0;
    if (words.size() != 2 || !absl::SimpleAtod(words[1], &number)) continue;
    const auto value = static_cast<uint64_t>(number);
    const bool put = absl::StrContains(line, "method=\"PutObject\"");
    const bool get = absl::StrContains(line, "method=\"GetObject\"");
    if (absl::StartsWith(line, "trebol_gateway_requests_total{")) {
      const bool done = absl::StrContains(line, "code=\"ok\"");
      if (put || get) counters.requests += value;
      if (put && done) counters.puts_done += value;
      if (get && done) counters.gets_done += value;
    } else if (absl::StartsWith(line, "trebol_gateway_node_calls_total{")) {
      found = true;
      if (absl::StrContains(line, "method=\"PutChunk\"")) counters.chunk_puts += value;
      if (absl::StrContains(line, "method=\"GetChunk\"")) counters.chunk_gets += value;
    }
  }
  if (!found) return absl::InvalidArgumentError("no metrics of a gateway");
  return counters;
}

absl::StatusOr<GatewayCounters> ReadGatewayCounters(const std::string& admin_endpoint) {
  ASSIGN_OR_RETURN(const HttpReply reply, HttpGet(admin_endpoint, "/metrics", kTimeout));
  if (reply.status != 200) {
    return absl::UnavailableError(absl::StrCat(admin_endpoint, "/metrics answers ", reply.status));
  }
  return ParseGatewayCounters(reply.body);
}

}  // namespace trebol::bench
