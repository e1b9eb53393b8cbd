#include "tests/bench/cluster_bench.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "tests/bench/programs.h"

namespace trebol::bench {
namespace {

struct Size {
  const char* name;
  uint64_t bytes;
};
constexpr Size kSizes[] = {{"4KiB", 4 * kKiB}, {"1MiB", kMiB}, {"64MiB", 64 * kMiB}};
constexpr int kClients[] = {1, 8, 32};
constexpr int kDiskClients = 8;  // of the puts that are set beside the disk
// A page of a listing as it goes over the wire, for the raw side.
constexpr uint64_t kListedKeyBytes = 130;
// What a load may take beside its seconds: connecting, filling, the last operations.
constexpr absl::Duration kPatience = absl::Minutes(10);

std::string SizeName(uint64_t bytes) {
  if (bytes >= kGiB && bytes % kGiB == 0) return absl::StrCat(bytes / kGiB, "GiB");
  return absl::StrCat(bytes / kMiB, "MiB");
}

double Mebibytes(uint64_t bytes) { return static_cast<double>(bytes) / kMiB; }

}  // namespace

Dose SmokeDose() {
  return {.rounds = 1,
          .seconds = 0.1,
          .listed_keys = 500,
          .copied_bytes = 5 * kMiB,
          .parts = 20,
          .most_stored_bytes = kMiB,
          .most_cell_bytes = 64 * kMiB,
          .settle = absl::ZeroDuration()};
}

/// Both sides of one round, with empty stores.
struct ClusterBench::Servers {
  Servers(std::string directory, std::unique_ptr<MiniCluster> cluster, RawServers raw)
      : directory(std::move(directory)),
        cluster(std::move(cluster)),
        raw(std::move(raw)),
        memory(Named(*this->cluster)) {}
  ~Servers() {
    cluster->KillAll();
    std::error_code ignored;
    std::filesystem::remove_all(directory, ignored);
  }

  static std::vector<std::pair<std::string, pid_t>> Named(const MiniCluster& cluster) {
    std::vector<std::pair<std::string, pid_t>> processes;
    for (const std::string& name : cluster.Names()) {
      processes.emplace_back(name, cluster.Pid(name));
    }
    return processes;
  }
  std::string Endpoint(Side side) const {
    return side == Side::kRaw ? raw.endpoint() : cluster->GatewayEndpoints().front();
  }
  std::vector<pid_t> Processes(Side side) const {
    if (side == Side::kRaw) return raw.processes();
    std::vector<pid_t> pids;
    for (const std::string& name : cluster->Names()) pids.push_back(cluster->Pid(name));
    return pids;
  }

  const std::string directory;
  const std::unique_ptr<MiniCluster> cluster;
  const RawServers raw;
  MemoryWatch memory;
};

absl::StatusOr<std::vector<Row>> ClusterBench::Run() {
  for (int round = 1; round <= options_.dose.rounds; ++round) RETURN_IF_ERROR(Round(round));
  RETURN_IF_ERROR(Namespace());
  std::vector<Row> rows = results_.Rows();
  if (rows.empty()) {
    return absl::NotFoundError(absl::StrCat("no row begins with ",
                                            absl::StrJoin(options_.names, " or "),
                                            "; there are put-, get-, disk-, memory-, list-, copy-, "
                                            "complete-"));
  }
  return rows;
}

bool ClusterBench::Wanted(absl::string_view row) const {
  if (options_.names.empty()) return true;
  return std::any_of(options_.names.begin(), options_.names.end(),
                     [row](const std::string& name) { return absl::StartsWith(row, name); });
}

absl::StatusOr<std::unique_ptr<ClusterBench::Servers>> ClusterBench::StartServers(
    const std::string& name) {
  const std::string directory = absl::StrCat(options_.directory, "/", name);
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot make ", directory, ": ", error.message()));
  }
  ASSIGN_OR_RETURN(auto cluster, MiniCluster::Start({.dir = directory + "/cluster",
                                                     .interrupted = options_.interrupted}));
  ASSIGN_OR_RETURN(RawServers raw, RawServers::Start(directory));
  return std::make_unique<Servers>(directory, std::move(cluster), std::move(raw));
}

// --- rounds

absl::Status ClusterBench::Round(int round) {
  const bool memory = Wanted("memory-idle") || Wanted("memory-loaded");
  bool any = memory;
  const auto wanted = [&](const std::string& verb, const Size& size, int clients) {
    if (size.bytes * clients > options_.dose.most_cell_bytes) return false;
    // Memory is that of the most clients.
    return Wanted(absl::StrCat(verb, "-", size.name, "-c", clients)) ||
           (memory && clients == kClients[std::size(kClients) - 1]);
  };
  for (const Size& size : kSizes) {
    any = any || Wanted(absl::StrCat("disk-", size.name));
    for (const int clients : kClients) {
      any = any || wanted("put", size, clients) || wanted("get", size, clients);
    }
  }
  if (!any) return absl::OkStatus();

  std::printf("round %d of %d\n", round, options_.dose.rounds);
  std::fflush(stdout);
  ASSIGN_OR_RETURN(const auto servers, StartServers(absl::StrCat("round-", round)));
  if (memory) RETURN_IF_ERROR(MemoryOfIdle(*servers));
  for (const Size& size : kSizes) {
    for (const std::string verb : {"put", "get"}) {
      for (const int clients : kClients) {
        if (!wanted(verb, size, clients)) continue;
        RETURN_IF_ERROR(Objects(*servers, verb, size.bytes, clients));
      }
    }
    if (Wanted(absl::StrCat("disk-", size.name))) RETURN_IF_ERROR(Disk(*servers, size.bytes));
  }
  if (memory) MemoryOfLoaded(*servers);
  return absl::OkStatus();
}

absl::Status ClusterBench::MemoryOfIdle(Servers& servers) {
  absl::SleepFor(options_.dose.settle);
  const MemoryWatch::Most idle = servers.memory.Now();
  results_.Add("memory-idle", "rss_mib", Side::kTrebol, Mebibytes(idle.of_all));
  for (const auto& [name, bytes] : idle.of_each) {
    results_.Add("memory-idle-" + name, "rss_mib", Side::kTrebol, Mebibytes(bytes));
  }
  results_.Add("memory-idle", "pss_mib", Side::kTrebol, Mebibytes(idle.of_all_shared_once));
  return absl::OkStatus();
}

void ClusterBench::MemoryOfLoaded(Servers& servers) {
  const MemoryWatch::Most most = servers.memory.most();
  results_.Add("memory-loaded", "rss_mib", Side::kTrebol, Mebibytes(most.of_all));
  for (const auto& [name, bytes] : most.of_each) {
    results_.Add("memory-loaded-" + name, "rss_mib", Side::kTrebol, Mebibytes(bytes));
  }
  results_.Add("memory-loaded", "pss_mib", Side::kTrebol, Mebibytes(most.of_all_shared_once));
}

absl::Status ClusterBench::Objects(Servers& servers, const std::string& verb, uint64_t size,
                                   int clients) {
  const auto found = std::find_if(std::begin(kSizes), std::end(kSizes),
                                  [size](const Size& known) { return known.bytes == size; });
  const std::string name = absl::StrCat(verb, "-", found->name, "-c", clients);
  std::string line = absl::StrFormat("  %-16s", name);
  for (const Side side : {Side::kRaw, Side::kTrebol}) {
    std::vector<std::string> arguments = {verb, "--size", absl::StrCat(size), "--clients",
                                          absl::StrCat(clients)};
    if (verb == "put" && side == Side::kTrebol) {
      arguments.push_back(absl::StrCat("--most-bytes=", options_.dose.most_stored_bytes));
    }
    ASSIGN_OR_RETURN(const LoadReport report, RunLoad(servers, side, arguments));
    results_.AddLoad(name, side, report);
    const auto bytes = static_cast<double>(report.bytes);
    absl::StrAppendFormat(&line, "%9s %7.0f MB/s %8.0f/s %7.2f s/GB",
                          side == Side::kRaw ? "raw" : "trebol", bytes / 1e6 / report.seconds,
                          static_cast<double>(report.operations) / report.seconds,
                          report.cpu_seconds() / (bytes / 1e9));
  }
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
  return absl::OkStatus();
}

absl::Status ClusterBench::Disk(Servers& servers, uint64_t size) {
  const auto found = std::find_if(std::begin(kSizes), std::end(kSizes),
                                  [size](const Size& known) { return known.bytes == size; });
  const std::string name = absl::StrCat("disk-", found->name);
  const std::string most = absl::StrCat("--most-bytes=", options_.dose.most_stored_bytes / 2);
  const std::vector<std::string> both = {"--size", absl::StrCat(size), "--clients",
                                         absl::StrCat(size >= 64 * kMiB ? 1 : kDiskClients), most};
  std::string line = absl::StrFormat("  %-16s", name);
  for (const Side side : {Side::kRaw, Side::kTrebol}) {
    std::vector<std::string> arguments = {"put"};
    if (side == Side::kRaw) arguments = {"disk", "--directory", servers.directory};
    arguments.insert(arguments.end(), both.begin(), both.end());
    ASSIGN_OR_RETURN(const LoadReport report, RunLoad(servers, side, arguments));
    const auto bytes = static_cast<double>(report.bytes);
    results_.Add(name, "mb_per_s", side, bytes / 1e6 / report.seconds);
    results_.Add(name, "disk_bytes_per_byte", side, static_cast<double>(report.disk_bytes) / bytes);
    absl::StrAppendFormat(&line, "%9s %7.0f MB/s %8.3f bytes to disk for each",
                          side == Side::kRaw ? "raw" : "trebol", bytes / 1e6 / report.seconds,
                          static_cast<double>(report.disk_bytes) / bytes);
  }
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
  return absl::OkStatus();
}

// --- names

absl::Status ClusterBench::Namespace() {
  const std::string copy = absl::StrCat("copy-", SizeName(options_.dose.copied_bytes));
  const bool list = Wanted("list-"), complete = Wanted("complete-");
  if (!list && !complete && !Wanted(copy)) return absl::OkStatus();
  std::printf("names\n");
  std::fflush(stdout);
  ASSIGN_OR_RETURN(const auto servers, StartServers("names"));
  if (list) RETURN_IF_ERROR(List(*servers));
  for (int round = 0; Wanted(copy) && round < options_.dose.rounds; ++round) {
    ASSIGN_OR_RETURN(const LoadReport report,
                     RunLoad(*servers, Side::kTrebol,
                             {"copy", "--size", absl::StrCat(options_.dose.copied_bytes)}));
    results_.AddLoad(copy, Side::kTrebol, report);
    std::printf("  %-16s p50 %.2f ms, p99 %.2f ms\n", copy.c_str(), report.p50_ms, report.p99_ms);
    std::fflush(stdout);
  }
  for (int round = 0; complete && round < options_.dose.rounds; ++round) {
    RETURN_IF_ERROR(Complete(*servers));
  }
  return absl::OkStatus();
}

absl::Status ClusterBench::List(Servers& servers) {
  const uint64_t keys = options_.dose.listed_keys;
  const std::string name = absl::StrCat("list-", keys);
  const absl::Time begin = absl::Now();
  std::printf("  making a bucket of %lu keys…\n", keys);
  std::fflush(stdout);
  RETURN_IF_ERROR(RunLine(servers, Side::kTrebol, {"fill", "--keys", absl::StrCat(keys)}).status());
  std::printf("  made in %.0f s\n", absl::ToDoubleSeconds(absl::Now() - begin));
  const uint64_t page = std::min<uint64_t>(keys, kMaxPageSize);
  for (int round = 0; round < options_.dose.rounds; ++round) {
    ASSIGN_OR_RETURN(
        LoadReport raw,
        RunLoad(servers, Side::kRaw, {"get", "--size", absl::StrCat(page * kListedKeyBytes)}));
    raw.operations *= page;
    raw.bytes = 0;  // they are no one's payload
    ASSIGN_OR_RETURN(const LoadReport report, RunLoad(servers, Side::kTrebol, {"list"}));
    results_.AddLoad(name, Side::kRaw, raw);
    results_.AddLoad(name, Side::kTrebol, report);
    std::printf("  %-16s %9s %8.0f/s %9s %8.0f/s %.2f CPU-s a million\n", name.c_str(), "raw",
                static_cast<double>(raw.operations) / raw.seconds, "trebol",
                static_cast<double>(report.operations) / report.seconds,
                report.cpu_seconds() / static_cast<double>(report.operations) * 1e6);
    std::fflush(stdout);
  }
  return absl::OkStatus();
}

absl::Status ClusterBench::Complete(Servers& servers) {
  const std::string name = absl::StrCat("complete-", options_.dose.parts);
  ASSIGN_OR_RETURN(
      const std::string line,
      RunLine(servers, Side::kTrebol, {"complete", "--parts", absl::StrCat(options_.dose.parts)}));
  const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return absl::InternalError("no report of a complete: " + line);
  const double took = json.value("complete_ms", 0.0);
  const double before = json.value("others_before_p99_ms", 0.0);
  const double during = json.value("others_during_p99_ms", 0.0);
  results_.Add(name, "p50_ms", Side::kTrebol, took);
  // The limit of others' commits is how quick they are without it.
  results_.Add("others-" + name, "p99_ms", Side::kRaw, before);
  results_.Add("others-" + name, "p99_ms", Side::kTrebol, during);
  std::printf("  %-16s %.0f ms; p99 of others' puts %.2f ms before and %.2f ms during\n",
              name.c_str(), took, before, during);
  std::fflush(stdout);
  return absl::OkStatus();
}

// --- programs

absl::StatusOr<std::string> ClusterBench::RunLine(Servers& servers, Side side,
                                                  const std::vector<std::string>& arguments) {
  std::vector<std::string> argv = {
      ProgramPath(side == Side::kRaw ? "trebol-bench-raw" : "trebol-bench-load")};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  for (std::string flag :
       {absl::StrCat("--endpoint=", servers.Endpoint(side)),
        absl::StrCat("--seconds=", options_.dose.seconds),
        absl::StrCat("--processes=", absl::StrJoin(servers.Processes(side), ","))}) {
    argv.push_back(std::move(flag));
  }
  return RunToEnd(argv, absl::StrCat(servers.directory, "/run-", runs_++, ".log"), kPatience,
                  options_.interrupted);
}

absl::StatusOr<LoadReport> ClusterBench::RunLoad(Servers& servers, Side side,
                                                 const std::vector<std::string>& arguments) {
  ASSIGN_OR_RETURN(const std::string line, RunLine(servers, side, arguments));
  return ParseReport(line);
}

}  // namespace trebol::bench
