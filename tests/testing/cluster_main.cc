// trebol-minicluster, which ./dev cluster calls: a cluster of separate processes on this machine,
// to try failures by hand. It leaves the processes running and finds them again by
// DIR/cluster.json.

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/base/status_macros.h"
#include "common/config/credentials.h"
#include "tests/testing/mini_cluster.h"

namespace trebol {
namespace {

constexpr uint16_t kGatewayPort = 9100;
constexpr char kDefaultDir[] = "./cluster";

volatile sig_atomic_t interrupted = 0;

struct Arguments {
  MiniCluster::Options options;
  std::string name;
  bool wipe = false;
};

absl::Status CheckThereIsACluster(const std::string& dir) {
  if (std::filesystem::exists(dir + "/cluster.json")) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("there is no cluster in ", dir,
                                          "; './dev cluster up --dir ", dir, "' makes one"));
}

/// One command at a time works on a directory. Held until the program ends.
absl::Status LockDirectory(const std::string& dir) {
  const std::string path = dir + "/cluster.lock";
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return absl::OkStatus();
  std::fprintf(stderr, "waiting for another command on %s\n", dir.c_str());
  while (flock(fd, LOCK_EX) != 0) {
    if (interrupted) return absl::CancelledError("interrupted");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<MiniCluster>> OpenLocked(const MiniCluster::Options& options) {
  RETURN_IF_ERROR(CheckThereIsACluster(options.dir));
  RETURN_IF_ERROR(LockDirectory(options.dir));
  return MiniCluster::Open(options);
}

absl::Status Up(Arguments& arguments) {
  MiniCluster::Options& options = arguments.options;
  std::error_code error;
  std::filesystem::create_directories(options.dir, error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot make ", options.dir, ": ", error.message()));
  }
  RETURN_IF_ERROR(LockDirectory(options.dir));
  options.first_gateway_port = kGatewayPort;
  ASSIGN_OR_RETURN(const auto cluster, MiniCluster::Start(options));
  std::printf("The cluster in %s is up: %s\n", options.dir.c_str(),
              absl::StrJoin(cluster->Names(), ", ").c_str());
  const bool few_copies = cluster->Copies() < 3;
  if (few_copies) {
    std::printf("It was made with fewer than 3 storage nodes: it keeps %s, for good.\n",
                cluster->Copies() == 1 ? "1 copy of everything" : "2 copies of everything");
  }
  const std::string endpoint = cluster->GatewayEndpoints().front();
  const std::string where = options.dir == kDefaultDir ? "" : absl::StrCat(" --dir ", options.dir);
  const auto drawn = cluster->DrawnKey();
  std::string keys = drawn.ok() ? "  " + ExportLines(*drawn) : "";
  keys = absl::StrReplaceAll(keys, {{"\nexport", "\n  export"}});
  std::printf(
      "Its gateways: %s; for S3: http://%s\n\n"
      "  export TREBOL_ENDPOINT=%s\n%s"
      "  build/bin/trebol mb trebol://photos\n",
      absl::StrJoin(cluster->GatewayEndpoints(), ", ").c_str(),
      cluster->S3Endpoint("gateway-0").c_str(), endpoint.c_str(), keys.c_str());
  if (!few_copies) {
    std::printf("  ./dev cluster stop storage-1%s      # and see that nothing is missed\n",
                where.c_str());
  }
  std::printf("  ./dev cluster down%s                # keeps the data; down --wipe does not\n",
              where.c_str());
  return absl::OkStatus();
}

absl::Status Stop(Arguments& arguments) {
  ASSIGN_OR_RETURN(const auto cluster, OpenLocked(arguments.options));
  return cluster->Stop(arguments.name);
}

absl::Status StartOne(Arguments& arguments) {
  ASSIGN_OR_RETURN(const auto cluster, OpenLocked(arguments.options));
  RETURN_IF_ERROR(cluster->Restart(arguments.name));
  return cluster->WaitReady(arguments.name, arguments.options.timeout);
}

/// Removes what a cluster makes in its directory, and the directory if nothing else is in it.
absl::Status Wipe(const std::string& dir, const std::vector<std::string>& names) {
  std::error_code error;
  for (const std::string& name : names) {
    std::filesystem::remove_all(dir + "/" + name, error);
    if (error)
      return absl::InternalError(absl::StrCat("cannot remove ", name, ": ", error.message()));
  }
  for (const char* rest : {"logs", "cluster.json", "cluster.lock"}) {
    std::filesystem::remove_all(absl::StrCat(dir, "/", rest), error);
  }
  std::filesystem::remove(dir, error);
  return absl::OkStatus();
}

absl::Status Down(Arguments& arguments) {
  const std::string& dir = arguments.options.dir;
  const auto opened = OpenLocked(arguments.options);
  if (absl::IsNotFound(opened.status())) {
    std::printf("There is no cluster in %s: nothing to stop.\n", dir.c_str());
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(opened.status());
  const absl::Status stopped =
      (*opened)->StopAll();  // all are gone, but one may not have ended well
  if (arguments.wipe) RETURN_IF_ERROR(Wipe(dir, (*opened)->Names()));
  return stopped;
}

const char* NameOf(MiniCluster::State state) {
  switch (state) {
    case MiniCluster::State::kStopped:
      return "stopped";
    case MiniCluster::State::kPaused:
      return "paused";
    case MiniCluster::State::kRunning:
      return "not ready";
    case MiniCluster::State::kReady:
      return "ready";
  }
}

absl::Status Status(Arguments& arguments) {
  RETURN_IF_ERROR(CheckThereIsACluster(arguments.options.dir));
  ASSIGN_OR_RETURN(const auto cluster, MiniCluster::Open(arguments.options));
  std::printf("%-12s %-10s %8s  %-21s %-21s %s\n", "NAME", "STATE", "PID", "ENDPOINT", "ADMIN",
              "S3");
  bool all_ready = true;
  for (const std::string& name : cluster->Names()) {
    const MiniCluster::State state = cluster->GetState(name);
    const std::string pid =
        state == MiniCluster::State::kStopped ? "-" : absl::StrCat(cluster->Pid(name));
    const std::string s3 = cluster->S3Endpoint(name);
    std::printf("%-12s %-10s %8s  %-21s %-21s %s\n", name.c_str(), NameOf(state), pid.c_str(),
                cluster->Endpoint(name).c_str(), cluster->AdminEndpoint(name).c_str(),
                s3.empty() ? "-" : s3.c_str());
    all_ready = all_ready && state == MiniCluster::State::kReady;
  }
  return all_ready ? absl::OkStatus() : absl::UnavailableError("not every process is ready");
}

int Run(int argc, char** argv) {
  Arguments arguments;
  MiniCluster::Options& options = arguments.options;
  options.outlive = true;
  options.dir = kDefaultDir;
  options.interrupted = [] { return interrupted != 0; };

  CLI::App app("A cluster of separate processes on this machine, to try failures by hand.",
               "./dev cluster");
  app.require_subcommand(1);
  absl::Status result;
  auto command = [&](const char* name, const char* help, absl::Status (*run)(Arguments&)) {
    CLI::App* sub = app.add_subcommand(name, help);
    sub->add_option("--dir", options.dir, "Where the cluster lives (default ./cluster)");
    sub->callback([&arguments, &result, run] { result = run(arguments); });
    return sub;
  };
  CLI::App* up = command("up", "Start what is not running, on the same ports, and wait", Up);
  up->add_option("--nodes", options.nodes, "Storage nodes (default 3)")->check(CLI::Range(1, 100));
  up->add_option("--gateways", options.gateways, "Gateways (default 1)")->check(CLI::Range(1, 100));
  up->add_option("--zones", options.zones, "Zones of the storage nodes (default 3)")
      ->check(CLI::Range(1, 100));
  CLI::App* stop = command("stop", "End one process with SIGTERM, and wait", Stop);
  stop->add_option("NAME", arguments.name, "As in status: storage-1")->required();
  CLI::App* start =
      command("start", "Bring one process back, and wait until it is ready", StartOne);
  start->add_option("NAME", arguments.name, "As in status: storage-1")->required();
  CLI::App* down = command("down", "Stop all; keeps the data", Down);
  down->add_flag("--wipe", arguments.wipe, "Remove the data too");
  command("status", "What runs; exit code 0 when all is ready", Status);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (result.ok()) return 0;
  std::fprintf(stderr, "./dev cluster: %s\n", std::string(result.message()).c_str());
  return 1;
}

}  // namespace
}  // namespace trebol

int main(int argc, char** argv) {
  struct sigaction action = {};
  action.sa_handler = [](int) { trebol::interrupted = 1; };  // no SA_RESTART: waits end
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return trebol::Run(argc, argv);
}
