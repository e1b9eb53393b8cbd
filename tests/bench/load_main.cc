// trebol-bench-load: one load of a running cluster through the C++ SDK, for ./dev bench. A process
// of its own, so that what a client costs is counted.

#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "CLI/CLI.hpp"
#include "common/base/lock_checks.h"
#include "common/base/status_macros.h"
#include "tests/bench/load_flags.h"
#include "tests/bench/namespace_load.h"
#include "tests/bench/object_load.h"

namespace trebol::bench {
namespace {

constexpr char kObjects[] = "objects";
constexpr char kListed[] = "listed";

using ObjectLoad = absl::StatusOr<LoadReport> (*)(const client::Client&, const std::string&,
                                                  uint64_t, const LoadLimits&);

int RunObjectLoad(const LoadFlags& flags, ObjectLoad load) {
  const auto client = Connect(flags.endpoint, kObjects);
  if (!client.ok()) return PrintReport(client.status());
  return flags.Report([&](const LoadLimits& limits, uint64_t size) {
    return load(*client, kObjects, size, limits);
  });
}

absl::Status Fill(const LoadFlags& flags, uint64_t keys) {
  ASSIGN_OR_RETURN(const client::Client client, Connect(flags.endpoint, kListed));
  return FillBucket(client, kListed, keys);
}

absl::StatusOr<LoadReport> List(const LoadFlags& flags) {
  ASSIGN_OR_RETURN(const client::Client client, Connect(flags.endpoint, kListed));
  return ListBucket(client, kListed, flags.limits);
}

int Complete(const LoadFlags& flags, uint32_t parts) {
  const auto client = Connect(flags.endpoint, kObjects);
  if (!client.ok()) return PrintReport(client.status());
  const auto report = CompleteUpload(*client, kObjects, parts);
  if (!report.ok()) return PrintReport(report.status());
  std::printf("%s\n", nlohmann::json{{"complete_ms", report->complete_ms},
                                     {"others_before_p99_ms", report->others_before_p99_ms},
                                     {"others_during_p99_ms", report->others_during_p99_ms}}
                          .dump()
                          .c_str());
  return 0;
}

int Run(int argc, char** argv) {
  CLI::App app("One load of a running cluster, for ./dev bench.", "trebol-bench-load");
  app.require_subcommand(1);
  LoadFlags flags;
  uint64_t keys = 0;
  uint32_t parts = 0;
  int code = 0;
  const auto command = [&](const char* name, const char* help, const std::function<int()>& run) {
    CLI::App* sub = app.add_subcommand(name, help);
    flags.AddTo(sub);
    sub->callback([&code, run] { code = run(); });
    return sub;
  };
  command("put", "Put objects", [&] { return RunObjectLoad(flags, PutObjects); });
  command("get", "Get objects", [&] {
    flags.warm_up = 0;  // it has its own
    return RunObjectLoad(flags, GetObjects);
  });
  command("copy", "Copy an object", [&] { return RunObjectLoad(flags, CopyObject); });
  command("fill", "Make the bucket that is listed",
          [&] {
            const absl::Status status = Fill(flags, keys);
            return status.ok() ? 0 : PrintReport(status);
          })
      ->add_option("--keys", keys, "So many")
      ->required();
  command("list", "List it", [&] { return PrintReport(List(flags)); });
  command("complete", "Complete an upload while others put", [&] { return Complete(flags, parts); })
      ->add_option("--parts", parts, "So many")
      ->required();
  CLI11_PARSE(app, argc, argv);
  return code;
}

}  // namespace
}  // namespace trebol::bench

int main(int argc, char** argv) {
  trebol::SkipLockOrderChecks();
  return trebol::bench::Run(argc, argv);
}
