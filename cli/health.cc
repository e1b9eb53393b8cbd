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
  bool cluster = false;
  bool maintenance = false;
  CommandLine line(
      "health", "HOST:PORT",
      "Asks the admin port of a server (not its gRPC port) whether it is ready to serve, or\n"
      "what it knows of the cluster. Exit code 0: yes; 5: no, or nothing answers.",
      console);
  line.Flag("--live", &live, "Asks only whether the process runs (/health/live)");
  line.Flag("--cluster", &cluster, "Asks whether the cluster takes all writes (/health/cluster)");
  line.Flag("--maintenance", &maintenance, "The same, and whether it would without this server");
  line.Positionals(&endpoints, 1, 1);
  line.Example("trebol health 127.0.0.1:9001");
  line.Example("trebol health --maintenance 127.0.0.1:9201 && systemctl restart trebol-storage");
  if (!line.Parse(arguments)) return;
  if (live && (cluster || maintenance)) {
    return console.Usage("--live is about the process alone; ask for one thing at a time");
  }
  const char* path = live          ? "/health/live"
                     : maintenance ? "/health/cluster?maintenance=true"
                     : cluster     ? "/health/cluster"
                                   : "/health/ready";
  const auto reply = HttpGet(endpoints[0], path, kTimeout);
  if (absl::IsInvalidArgument(reply.status())) return console.Usage(reply.status().message());
  if (!reply.ok()) return console.Fail("", reply.status());  // it names the endpoint
  const std::string body(absl::StripAsciiWhitespace(reply->body));
  if (reply->status == 200) return console.Print(Printable(body));
  const char* answer = reply->status == 412     ? "may not be taken away"
                       : cluster || maintenance ? "the cluster does not take all writes"
                                                : "not ready";
  console.Fail(endpoints[0], absl::UnavailableError(absl::StrCat(answer, " (HTTP ", reply->status,
                                                                 "): ", Printable(body))));
}

}  // namespace trebol::cli
