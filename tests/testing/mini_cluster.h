#pragma once

#include <signal.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/config/access_pair.h"
#include "tests/testing/cluster_record.h"
#include "tests/testing/fault_proxy.h"
#include "tests/testing/process.h"

namespace trebol {

/// A cluster of the real programs on loopback: metadata-0, storage-0 …, gateway-0 …. Each chooses
/// its ports at its first start and keeps them for good; each writes DIR/logs/NAME.log.
///
/// One thread at a time may call it. Names, endpoints and directories never change after Start, so
/// any thread may read those. In a test the processes die with the object, and with the test
/// however it ends; with `outlive` they go on, and a later Open of the same directory finds them.
class MiniCluster {
 public:
  struct Options {
    std::string dir;  // made when missing; holds cluster.json, logs/ and each process's data
    std::string
        bin_dir;  // where the programs are; empty: the bin folder of the build we are part of

    // Unset: as the directory has it, 3, 1 and 3 in a new one. A larger number adds processes.
    std::optional<int> nodes;
    std::optional<int> gateways;
    std::optional<int> zones;
    std::optional<int> initial_nodes;  // declared to metadata in a new cluster; unset: `nodes`

    uint16_t first_gateway_port = 0;  // of a new gateway-0, unless it is taken; 0: any

    // By kind ("storage") or name ("storage-1"): more flags, and "NAME=value" for the environment.
    std::map<std::string, std::vector<std::string>> flags;
    std::map<std::string, std::vector<std::string>> environment;
    // By name: another program of bin_dir in place of trebol-KIND, with the same flags.
    std::map<std::string, std::string> programs;

    /// By kind or name: others reach it, and it reaches metadata, through a FaultProxy each, which
    /// live in this process (so not with `outlive`) and keep their ports as long as the object.
    /// What it calls of other nodes is theirs to be cut: their Inbound.
    std::set<std::string> proxied;

    absl::Duration timeout = absl::Seconds(60);  // for becoming healthy, and for ending on SIGTERM
    /// False: inherited TREBOL_* variables are kept from the processes, which die with us.
    bool outlive = false;
    /// Asked while waiting; true ends the wait with CANCELLED.
    std::function<bool()> interrupted = [] { return false; };
  };

  /// Starts what the directory's cluster has not running (everything, in a new one) and waits until
  /// all is healthy. An error of a process names it and ends with the last line of its log. When a
  /// process never came to serve, those started by this call are killed; when one serves but is not
  /// healthy in time, `outlive` leaves all as it is, to be looked at.
  static absl::StatusOr<std::unique_ptr<MiniCluster>> Start(Options options);

  /// Attaches to the cluster of the directory and starts nothing. NOT_FOUND when there is none.
  static absl::StatusOr<std::unique_ptr<MiniCluster>> Open(Options options);

  ~MiniCluster();  // without `outlive`: SIGKILL to all
  MiniCluster(const MiniCluster&) = delete;
  MiniCluster& operator=(const MiniCluster&) = delete;

  // Of one process, by name; NOT_FOUND lists the names there are, or says that it is not running.

  /// Sends a signal; returns when the process is gone after SIGKILL, has stopped after SIGSTOP.
  absl::Status Kill(absl::string_view name, int signal = SIGKILL);
  /// SIGTERM, then waits until it is gone. FAILED_PRECONDITION when it ended badly.
  absl::Status Stop(absl::string_view name);
  /// Starts one that is not running, on its ports, and returns when it serves.
  absl::Status Restart(absl::string_view name);
  absl::Status Pause(absl::string_view name) { return Kill(name, SIGSTOP); }
  absl::Status Resume(absl::string_view name) { return Kill(name, SIGCONT); }
  /// Returns when /health/ready of its admin port answers 200.
  absl::Status WaitReady(absl::string_view name, absl::Duration timeout);

  // Of all.

  /// Starts every process that is not running, and waits until all are healthy.
  absl::Status RestartDead();
  /// SIGKILL to all that run, at once: the moment of a power cut, but for the page cache.
  void KillAll();
  /// Stop of all, gateways first. One that does not end in time is killed, and the error names it.
  absl::Status StopAll();

  enum class State { kStopped, kPaused, kRunning, kReady };
  State GetState(absl::string_view name);

  // The name must exist from here on: a test that misspells one ends there.
  pid_t Pid(absl::string_view name) const;
  std::string Endpoint(absl::string_view name) const;  // where it listens
  /// What others call: its proxy, if it has one.
  std::string AdvertisedEndpoint(absl::string_view name) const;
  std::string AdminEndpoint(absl::string_view name) const;
  /// Root's key, if metadata drew it because the environment named none. NOT_FOUND.
  absl::StatusOr<AccessPair> DrawnKey() const;
  /// Of a gateway.
  std::string S3Endpoint(absl::string_view name) const;
  std::string DataDir(absl::string_view name) const;
  std::string LogFile(absl::string_view name) const;

  // Of a process in Options::proxied. Faults may be changed on any thread after Start.
  FaultProxy& Inbound(absl::string_view name) const;       // of those who call it
  FaultProxy& MetadataLink(absl::string_view name) const;  // of its calls to metadata
  /// On both; metadata itself has the first only.
  void SetFaults(absl::string_view name, const LinkFaults& faults) const;

  std::vector<std::string> Names() const;
  std::vector<std::string> GatewayEndpoints() const;
  std::string SecretFile() const;
  const std::string& cluster_id() const { return cluster_id_; }
  /// Of each chunk: 3, or one for each node if the cluster was made with fewer.
  int Copies() const;

 private:
  struct Member;

  explicit MiniCluster(Options options);

  absl::Status Load();
  absl::Status AddMissing();
  absl::Status Add(absl::string_view kind, int number, const std::string& zone);
  absl::Status Save() const;

  bool IsProxied(const ProcessRecord& process) const;
  absl::Status StartProxies();
  std::vector<std::string> Arguments(const ProcessRecord& process) const;
  std::vector<std::string> Environment(const ProcessRecord& process) const;
  absl::Status Launch(Member& member);
  absl::Status LaunchDead(std::vector<Member*>& launched);
  absl::Status AwaitServing(Member& member);
  absl::Status AwaitReady(Member& member, absl::Time deadline);
  absl::Status AwaitHealthy();
  absl::Status LearnClusterId(absl::Time deadline);

  /// A status that says `what` happened to the process, with the last line of its log.
  absl::Status Failure(absl::StatusCode code, const Member& member, absl::string_view what) const;
  absl::StatusOr<Member*> Find(absl::string_view name);
  const Member& Get(absl::string_view name) const;
  std::string LogFileOf(absl::string_view name) const;
  int Count(absl::string_view kind) const;

  const Options options_;
  std::string cluster_id_;  // empty until a gateway said it
  int initial_nodes_ = 0;
  std::vector<std::unique_ptr<Member>> members_;  // metadata, storage nodes, gateways
};

}  // namespace trebol
