// trebol-bench-s3: one load of an S3 door over HTTP, for ./dev bench s3. A process of its own, so
// that what the servers cost is counted apart from their client.

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/lock_checks.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "tests/bench/load_flags.h"
#include "tests/bench/s3_connection.h"

namespace trebol::bench {
namespace {

constexpr char kBucket[] = "/s3-objects";
constexpr uint64_t kReadBytes = 256 * kMiB;
constexpr uint64_t kMostReadObjects = 1000;

/// A connection for each client.
absl::StatusOr<std::vector<std::unique_ptr<S3Connection>>> OpenAll(const std::string& endpoint,
                                                                   int clients) {
  std::vector<std::unique_ptr<S3Connection>> all;
  for (int i = 0; i < clients; ++i) {
    ASSIGN_OR_RETURN(S3Connection connection, S3Connection::Open(endpoint));
    all.push_back(std::make_unique<S3Connection>(std::move(connection)));
  }
  RETURN_IF_ERROR(all.front()->Ask("PUT", kBucket).status());
  return all;
}

absl::StatusOr<LoadReport> Put(const std::string& endpoint, const LoadLimits& limits,
                               uint64_t size) {
  ASSIGN_OR_RETURN(const auto connections, OpenAll(endpoint, limits.clients));
  const std::string bytes = RandomBytes(size);
  const std::string prefix = absl::StrCat(kBucket, "/put/", size, "/", RandomHex(4), "/");
  return RunThreads(limits, size, [&](int client, uint64_t count) -> absl::StatusOr<uint64_t> {
    const std::string path = absl::StrCat(prefix, client, "/", count);
    RETURN_IF_ERROR(connections[static_cast<size_t>(client)]->Ask("PUT", path, "", bytes).status());
    return size;
  });
}

absl::StatusOr<LoadReport> Get(const std::string& endpoint, const LoadLimits& limits,
                               uint64_t size) {
  ASSIGN_OR_RETURN(const auto connections, OpenAll(endpoint, limits.clients));
  const uint64_t objects =
      std::clamp<uint64_t>(kReadBytes / std::max<uint64_t>(size, 1), 1, kMostReadObjects);
  const std::string prefix = absl::StrCat(kBucket, "/get/", size, "/");
  const std::string mark = prefix + "all";
  if (!connections.front()->Drain(mark).ok()) {
    const std::string bytes = RandomBytes(size);
    for (uint64_t i = 0; i < objects; ++i) {
      RETURN_IF_ERROR(connections.front()->Ask("PUT", absl::StrCat(prefix, i), "", bytes).status());
      RETURN_IF_ERROR(connections.front()->Drain(absl::StrCat(prefix, i)).status());
    }
    RETURN_IF_ERROR(connections.front()->Ask("PUT", mark).status());
  }
  return RunThreads(limits, size, [&](int client, uint64_t count) {
    const auto number =
        (static_cast<uint64_t>(client) * objects / limits.clients + count) % objects;
    return connections[static_cast<size_t>(client)]->Drain(absl::StrCat(prefix, number));
  });
}

/// The bucket that trebol-bench-load fills, page after page by one client; operations are keys.
absl::StatusOr<LoadReport> List(const std::string& endpoint, const LoadLimits& limits) {
  ASSIGN_OR_RETURN(S3Connection connection, S3Connection::Open(endpoint));
  LoadMeter meter(limits);
  std::string query = "list-type=2";
  while (true) {
    const absl::Time begin = absl::Now();
    ASSIGN_OR_RETURN(const std::string page, connection.Ask("GET", "/listed", query));
    uint64_t keys = 0;
    for (size_t at = page.find("<Key>"); at != std::string::npos; at = page.find("<Key>", at + 5)) {
      ++keys;
    }
    meter.Ended(absl::ToDoubleSeconds(absl::Now() - begin), page.size(), keys);
    constexpr absl::string_view kToken = "<NextContinuationToken>";
    const size_t token = page.find(std::string(kToken));
    if (token == std::string::npos) break;
    const size_t from = token + kToken.size();
    // Of base64 for URLs, but for '='.
    std::string text = page.substr(from, page.find('<', from) - from);
    for (size_t at = text.find('='); at != std::string::npos; at = text.find('=', at + 3)) {
      text.replace(at, 1, "%3D");
    }
    query = absl::StrCat("continuation-token=", text, "&list-type=2");
  }
  return meter.Finish();
}

int Run(int argc, char** argv) {
  CLI::App app("One load of an S3 door, for ./dev bench s3.", "trebol-bench-s3");
  app.require_subcommand(1);
  LoadFlags flags;
  int code = 0;
  const auto command = [&](const char* name, const char* help, const std::function<int()>& run) {
    CLI::App* sub = app.add_subcommand(name, help);
    flags.AddTo(sub);
    sub->callback([&code, run] { code = run(); });
  };
  command("put", "Put objects", [&] {
    return flags.Report(
        [&](const LoadLimits& limits, uint64_t size) { return Put(flags.endpoint, limits, size); });
  });
  command("get", "Get objects", [&] {
    flags.warm_up = 0;
    return flags.Report(
        [&](const LoadLimits& limits, uint64_t size) { return Get(flags.endpoint, limits, size); });
  });
  command("list", "List the bucket 'listed'",
          [&] { return PrintReport(List(flags.endpoint, flags.limits)); });
  CLI11_PARSE(app, argc, argv);
  return code;
}

}  // namespace
}  // namespace trebol::bench

int main(int argc, char** argv) {
  trebol::SkipLockOrderChecks();
  return trebol::bench::Run(argc, argv);
}
