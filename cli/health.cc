#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "cli/command_line.h"
#include "cli/human.h"
#include "cli/verbs.h"
#include "common/http/http_client.h"

namespace trebol::cli {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(5);

}  // namespace

void Health(const Arguments& arguments, Console& console) {
  Arguments endpoints;
  bool live = false;
  CommandLine line(
      "health", "HOST:PORT",
      "Asks the admin port of a server (not its gRPC port) whether it is ready to serve.\n"
      "Exit code 0: ready; 5: not ready, or nothing answers.",
      console);
  line.Flag("--live", &live, "Asks only whether the process runs (/health/live)");
  line.Positionals(&endpoints, 1, 1);
  line.Example("trebol health 127.0.0.1:9001");
  if (!line.Parse(arguments)) return;
  const auto reply = HttpGet(endpoints[0], live ? "/health/live" : "/health/ready", kTimeout);
  if (absl::IsInvalidArgument(reply.status())) return console.Usage(reply.status().message());
  if (!reply.ok()) return console.Fail("", reply.status());  // it names the endpoint
  const std::string body(absl::StripAsciiWhitespace(reply->body));
  if (reply->status == 200) return console.Print(Printable(body));
  console.Fail(endpoints[0], absl::UnavailableError(absl::StrCat("not ready (HTTP ", reply->status,
                                                                 "): ", Printable(body))));
}

}  // namespace trebol::cli
