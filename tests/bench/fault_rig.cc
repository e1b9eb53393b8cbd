#include "tests/bench/fault_rig.h"

#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "tests/bench/programs.h"

namespace trebol::bench {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(5);
constexpr int kNodeNumber = 1;  // in kNode

}  // namespace

absl::StatusOr<std::unique_ptr<FaultRig>> FaultRig::Start(const Options& options) {
  std::unique_ptr<FaultRig> rig(new FaultRig(options));
  MiniCluster::Options cluster{.dir = options.directory + "/cluster",
                               .nodes = kNodes,
                               .zones = kNodes,
                               .interrupted = options.interrupted};
  cluster.flags["metadata"] = options.metadata_flags;
  cluster.flags["storage"] = options.storage_flags;
  for (int i = 0; i < options.faulty_disks; ++i) {
    const std::string node = absl::StrCat("storage-", (kNodeNumber + i) % kNodes);
    cluster.programs[node] = "trebol-storage-faulty";
    cluster.environment[node] = {"FAULTY_DISK_FILE=" + rig->DiskFaultFile()};
  }
  if (options.network) cluster.proxied = {kNode};
  ASSIGN_OR_RETURN(rig->cluster_, MiniCluster::Start(cluster));
  RETURN_IF_ERROR(
      rig->RunProgram({"trebol-bench-mixed", "fill", "--endpoint", rig->endpoint()}).status());
  return rig;
}

FaultRig::~FaultRig() {
  if (cluster_ != nullptr) cluster_->KillAll();
  std::error_code ignored;
  std::filesystem::remove_all(options_.directory, ignored);
}

absl::StatusOr<RunningLoad> FaultRig::StartLoad(std::vector<std::string> arguments) {
  return RunningLoad::Start({.endpoint = endpoint(),
                             .directory = options_.directory,
                             .name = absl::StrCat("load-", runs_++),
                             .arguments = std::move(arguments),
                             .interrupted = options_.interrupted});
}

absl::StatusOr<std::string> FaultRig::RunProgram(std::vector<std::string> argv) {
  argv.front() = ProgramPath(argv.front());
  return RunToEnd(argv, absl::StrCat(options_.directory, "/run-", runs_++, ".log"), kPatience,
                  options_.interrupted);
}

absl::Status FaultRig::SetDisks(DiskFault fault) {
  std::ofstream file(DiskFaultFile());
  file << fault.milliseconds << ' ' << fault.failing_reads_percent << std::flush;
  if (file.good()) return absl::OkStatus();
  return absl::UnavailableError("cannot write " + DiskFaultFile());
}

absl::Status FaultRig::Cut() {
  cluster_->SetFaults(kNode, LinkFaults::Cut());
  return absl::OkStatus();
}

absl::Status FaultRig::Mend() {
  cluster_->SetFaults(kNode, {});
  return absl::OkStatus();
}

}  // namespace trebol::bench
