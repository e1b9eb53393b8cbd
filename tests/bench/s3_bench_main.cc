// trebol-s3-bench, which ./dev bench s3 calls: the S3 door beside the gRPC door of one cluster, on
// the same bytes, in turn. What is compared is the CPU of the servers, less the MD5 that an S3 put
// demands, which is measured beside it.

#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/checksum/hasher.h"
#include "tests/bench/load_meter.h"
#include "tests/bench/machine.h"
#include "tests/bench/process_usage.h"
#include "tests/bench/programs.h"
#include "tests/bench/rows.h"
#include "tests/bench/s3_connection.h"
#include "tests/testing/mini_cluster.h"

namespace trebol::bench {
namespace {

volatile sig_atomic_t interrupted = 0;

constexpr absl::Duration kPatience = absl::Minutes(20);
constexpr int kClients = 8;
constexpr int kIdle = 1000;
constexpr int kSlow = 200;
constexpr uint64_t kSlowBytes = 16 * kMiB;  // of what slow clients read
constexpr size_t kSlowPiece = 1024;         // ten times a second

struct Options {
  int rounds = 3;
  double seconds = 1.5;
  uint64_t keys = 1'000'000;
  double slow_seconds = 10;
};

struct Size {
  const char* name;
  uint64_t bytes;
};
constexpr Size kSizes[] = {{"4KiB", 4 * kKiB}, {"1MiB", kMiB}, {"64MiB", 64 * kMiB}};

class S3Bench {
 public:
  S3Bench(Options options, std::string directory)
      : options_(options), directory_(std::move(directory)) {}

  absl::StatusOr<std::vector<Row>> Run() {
    ASSIGN_OR_RETURN(cluster_,
                     MiniCluster::Start({.dir = directory_ + "/cluster",
                                         .interrupted = [] { return interrupted != 0; }}));
    md5_ = CpuSecondsPerGb(v1::Checksum::MD5);
    results_.Add("md5", "cpu_s_per_gb", Side::kRaw, md5_);
    results_.Add("sha256", "cpu_s_per_gb", Side::kRaw, CpuSecondsPerGb(v1::Checksum::SHA256));
    RETURN_IF_ERROR(Idle());  // first: later ones would live in what loads left behind
    for (int round = 0; round < options_.rounds; ++round) {
      for (const Size& size : kSizes) {
        for (const char* verb : {"put", "get"}) RETURN_IF_ERROR(Objects(verb, size));
      }
    }
    RETURN_IF_ERROR(Slow());
    RETURN_IF_ERROR(List());
    return results_.Rows();
  }

 private:
  pid_t Gateway() const { return cluster_->Pid("gateway-0"); }
  std::string S3() const { return cluster_->S3Endpoint("gateway-0"); }

  static double CpuSecondsPerGb(v1::Checksum::Algorithm algorithm) {
    const std::string bytes = RandomBytes(64 * kMiB);
    std::vector<double> took;
    for (int i = 0; i < 5; ++i) {
      const double before = OwnCpuSeconds();
      Hasher hasher(algorithm);
      hasher.Update(absl::string_view(bytes));
      (void)hasher.Finish();
      took.push_back((OwnCpuSeconds() - before) / (static_cast<double>(bytes.size()) / 1e9));
    }
    return Median(took).value_or(0);
  }

  absl::StatusOr<LoadReport> Load(bool s3, std::vector<std::string> arguments) {
    std::vector<std::string> argv = {ProgramPath(s3 ? "trebol-bench-s3" : "trebol-bench-load")};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    std::vector<pid_t> processes;
    for (const std::string& name : cluster_->Names()) processes.push_back(cluster_->Pid(name));
    argv.push_back(absl::StrCat("--endpoint=", s3 ? S3() : cluster_->GatewayEndpoints().front()));
    argv.push_back(absl::StrCat("--seconds=", options_.seconds));
    argv.push_back(absl::StrCat("--processes=", absl::StrJoin(processes, ",")));
    ASSIGN_OR_RETURN(const std::string line,
                     RunToEnd(argv, absl::StrCat(directory_, "/run-", runs_++, ".log"), kPatience,
                              [] { return interrupted != 0; }));
    return ParseReport(line);
  }

  absl::Status Objects(const std::string& verb, const Size& size) {
    const std::string name = absl::StrCat(verb, "-", size.name, "-c", kClients);
    std::string line = absl::StrFormat("  %-16s", name);
    for (const bool s3 : {false, true}) {
      std::vector<std::string> arguments = {verb, "--size", absl::StrCat(size.bytes), "--clients",
                                            absl::StrCat(kClients)};
      if (verb == "put") arguments.push_back(absl::StrCat("--most-bytes=", 512 * kMiB));
      ASSIGN_OR_RETURN(const LoadReport report, Load(s3, arguments));
      const auto gb = static_cast<double>(report.bytes) / 1e9;
      double cpu = report.server_cpu_seconds / gb;
      const Side side = s3 ? Side::kTrebol : Side::kRaw;
      results_.Add(name, "server_cpu_s_per_gb", side, cpu);
      if (s3 && verb == "put") cpu -= md5_;
      results_.Add(name, "cpu_s_per_gb", side, cpu);  // without what the MD5 costs
      results_.Add(name, "ops_per_s", side,
                   static_cast<double>(report.operations) / report.seconds);
      results_.Add(name, "p99_ms", side, report.p99_ms);
      absl::StrAppendFormat(&line, "%9s %8.0f/s %7.3f CPU-s/GB", s3 ? "S3" : "gRPC",
                            static_cast<double>(report.operations) / report.seconds, cpu);
    }
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
    return absl::OkStatus();
  }

  /// 1,000 connections that asked once and are kept.
  absl::Status Idle() {
    const uint64_t before = ResidentBytes(Gateway());
    std::vector<std::unique_ptr<S3Connection>> connections;
    for (int i = 0; i < kIdle; ++i) {
      ASSIGN_OR_RETURN(S3Connection connection, S3Connection::Open(S3()));
      RETURN_IF_ERROR(connection.Ask("GET", "/").status());
      connections.push_back(std::make_unique<S3Connection>(std::move(connection)));
    }
    absl::SleepFor(absl::Seconds(1));
    const uint64_t after = ResidentBytes(Gateway());
    AddMemory("idle-1000", before, after);
    return absl::OkStatus();
  }

  void AddMemory(const std::string& name, uint64_t before, uint64_t after) {
    const double more =
        after > before ? static_cast<double>(after - before) / static_cast<double>(kMiB) : 0;
    results_.Add(name, "rss_mib", Side::kTrebol, more);
    std::printf("  %-16s %.1f MiB more in the gateway\n", name.c_str(), more);
    std::fflush(stdout);
  }

  /// 200 clients that take 10 KiB a second each, and what others notice.
  absl::Status Slow() {
    const std::vector<std::string> get = {"get", "--size", absl::StrCat(4 * kKiB), "--clients",
                                          absl::StrCat(kClients)};
    ASSIGN_OR_RETURN(const LoadReport alone, Load(true, get));
    ASSIGN_OR_RETURN(S3Connection first, S3Connection::Open(S3()));
    RETURN_IF_ERROR(first.Ask("PUT", "/s3-objects/slow", "", RandomBytes(kSlowBytes)).status());
    RETURN_IF_ERROR(first.Drain("/s3-objects/slow").status());
    const uint64_t before = ResidentBytes(Gateway());
    std::vector<std::unique_ptr<S3Connection>> slow;
    for (int i = 0; i < kSlow; ++i) {
      ASSIGN_OR_RETURN(S3Connection connection, S3Connection::Open(S3()));
      RETURN_IF_ERROR(connection.Request("/s3-objects/slow"));
      slow.push_back(std::make_unique<S3Connection>(std::move(connection)));
    }
    std::atomic<bool> stop = false;
    std::atomic<uint64_t> ended = 0;
    std::thread reader([&] {
      while (!stop) {
        for (const auto& connection : slow) {
          const auto got = connection->ReadSome(kSlowPiece);
          if (!got.ok() || *got == 0) ++ended;
        }
        absl::SleepFor(absl::Milliseconds(100));
      }
    });
    absl::SleepFor(absl::Seconds(options_.slow_seconds));
    const auto beside = Load(true, get);
    const uint64_t after = ResidentBytes(Gateway());
    stop = true;
    reader.join();
    RETURN_IF_ERROR(beside.status());
    if (ended > 0) return absl::InternalError("a slow reader was cut off");
    AddMemory("slow-200", before, after);
    results_.Add("beside-slow-200", "p99_ms", Side::kRaw, alone.p99_ms);
    results_.Add("beside-slow-200", "p99_ms", Side::kTrebol, beside->p99_ms);
    return absl::OkStatus();
  }

  absl::Status List() {
    std::printf("  making a bucket of %lu keys…\n", options_.keys);
    std::fflush(stdout);
    std::vector<std::string> fill = {ProgramPath("trebol-bench-load"), "fill", "--keys",
                                     absl::StrCat(options_.keys),
                                     "--endpoint=" + cluster_->GatewayEndpoints().front()};
    RETURN_IF_ERROR(RunToEnd(fill, directory_ + "/fill.log", kPatience, [] {
                      return interrupted != 0;
                    }).status());
    const std::string name = absl::StrCat("list-", options_.keys);
    for (int round = 0; round < options_.rounds; ++round) {
      for (const bool s3 : {false, true}) {
        ASSIGN_OR_RETURN(const LoadReport report, Load(s3, {"list"}));
        const Side side = s3 ? Side::kTrebol : Side::kRaw;
        const double rate = static_cast<double>(report.operations) / report.seconds;
        results_.Add(name, "ops_per_s", side, rate);
        if (report.operations != options_.keys) {
          return absl::InternalError(absl::StrCat("a listing had ", report.operations, " keys"));
        }
        std::printf("  %-16s %9s %8.0f keys/s\n", name.c_str(), s3 ? "S3" : "gRPC", rate);
        std::fflush(stdout);
      }
    }
    return absl::OkStatus();
  }

  const Options options_;
  const std::string directory_;
  std::unique_ptr<MiniCluster> cluster_;
  double md5_ = 0;
  Results results_;
  int runs_ = 0;
};

/// What the issue of the door asked for, a line each.
std::string Goals(const std::vector<Row>& rows) {
  std::string lines;
  for (const Row& row : rows) {
    const auto say = [&](bool reached, const std::string& wanted) {
      absl::StrAppendFormat(&lines, "%-8s %-18s %s\n", reached ? "reached" : "MISSED", row.name,
                            wanted);
    };
    if (row.metric == "cpu_s_per_gb" && row.ratio().has_value()) {
      say(*row.ratio() >= 1 / 1.2,
          absl::StrFormat("%.2f times the CPU of gRPC, wanted 1.2", 1 / *row.ratio()));
    }
    if (!row.trebol.has_value()) continue;
    if (row.name.starts_with("list-")) {
      say(*row.trebol >= 100'000, absl::StrFormat("%.0f keys/s, wanted 100,000", *row.trebol));
    }
    if (row.name == "idle-1000") {
      say(*row.trebol < 64, absl::StrFormat("%.1f MiB, wanted 64", *row.trebol));
    }
  }
  return lines;
}

int Fail(const std::string& why) {
  std::fprintf(stderr, "./dev bench s3: %s\n", why.c_str());
  return 1;
}

int Run(int argc, char** argv) {
  Options options;
  std::string parent = BuildFolder(), json_file;
  bool smoke = false;
  CLI::App app("The S3 door beside the gRPC door (in the column 'raw') of one cluster.",
               "./dev bench s3");
  app.add_option("--json", json_file, "Also write the rows to this file");
  app.add_option("--rounds", options.rounds, "How often loads are repeated; medians are told")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--seconds", options.seconds, "Of each load")->capture_default_str();
  app.add_option("--keys", options.keys, "In the bucket that is listed")->capture_default_str();
  app.add_option("--dir", parent, "Where everything is written, and removed")
      ->capture_default_str();
  app.add_flag("--smoke", smoke, "A few bytes of everything, to see that it works");
  CLI11_PARSE(app, argc, argv);
  if (smoke) options = {.rounds = 1, .seconds = 0.1, .keys = 2500, .slow_seconds = 0.5};
  rlimit files = {};
  (void)getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &files);

  const Workplace workplace(parent);
  if (workplace.path().empty()) return Fail(absl::StrCat("cannot make a folder in ", parent));
  const auto rows = S3Bench(options, workplace.path()).Run();
  if (!rows.ok()) return Fail(std::string(rows.status().message()));
  std::printf("\nmedians of %d rounds; raw: the gRPC door\n%s\n%s", options.rounds,
              ToTable(*rows).c_str(), Goals(*rows).c_str());
  if (json_file.empty()) return 0;
  std::ofstream out(json_file);
  out << ToJson(*rows);
  out.flush();
  return out.good() ? 0 : Fail(absl::StrCat("cannot write ", json_file));
}

}  // namespace
}  // namespace trebol::bench

int main(int argc, char** argv) {
  struct sigaction action = {};
  action.sa_handler = [](int) { trebol::bench::interrupted = 1; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return trebol::bench::Run(argc, argv);
}
