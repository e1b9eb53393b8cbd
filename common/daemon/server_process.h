#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "common/daemon/server_settings.h"
#include "common/http/admin_server.h"
#include "common/telemetry/process_metrics.h"
#include "common/telemetry/registry.h"

namespace trebol {

/// What the mains of all servers share: signals, the admin port, metrics, the line that says where
/// it serves, and the end. Made first in main, before any thread, and destroyed last.
class ServerProcess {
 public:
  /// `component` names the log lines ("storage"); `program` the messages ("trebol-storage").
  ServerProcess(std::string program, std::string component, const ServerSettings& settings);
  ~ServerProcess();

  /// Opens the admin port; /health/ready says 503 until Run.
  absl::Status OpenAdmin();
  std::string admin_endpoint() const;
  Registry& registry() { return registry_; }

  /// Says what is wrong on the standard error stream; returns the exit code 1.
  int Fail(const absl::Status& status) const;

  /// What a server that runs tells of itself. Called from other threads until Run returns.
  struct Server {
    std::string grpc_endpoint;
    std::string s3_url;                                 // empty: none
    std::string advertised_endpoint;                    // for /status; empty: the same
    std::function<std::vector<std::string>()> missing;  // empty: ready
    std::function<absl::Status()> fatal;                // not OK: nothing but an operator helps
    /// For /health/cluster, as in ServerCondition.
    std::function<std::string()> no_writes = [] { return std::string("it knows no cluster"); };
    std::function<std::string()> needed = [] { return std::string(); };
    std::function<std::string()> detail = [] { return std::string("{}"); };  // JSON, for /status
    /// JSON, for /background-tasks: common/cluster/tasks_json.h.
    std::function<std::string()> tasks = [] { return std::string("{\"jobs\":[],\"nodes\":[]}\n"); };
    /// Called once, when it is ready for the first time.
    std::function<void()> on_ready = [] {};
  };

  /// Prints "ready: grpc=HOST:PORT [s3=URL] admin=HOST:PORT" and serves until SIGTERM, SIGINT or a
  /// fatal error. Returns the exit code. A second signal ends the process at once, and so does one
  /// before Run: recovery may take minutes, and starts anew at the next start.
  int Run(Server server);

 private:
  void WatchTheStart();
  void StopWatchingTheStart();
  std::vector<std::string> Missing() const;
  std::string NoWrites() const;
  std::string Needed() const;
  std::string StatusJson() const;
  std::string TasksJson() const;

  const std::string program_;
  const std::string component_;
  const ServerSettings settings_;
  const Instant began_;
  Registry registry_;
  const ProcessMetrics process_metrics_;
  mutable Mutex mutex_;
  const Server* server_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::unique_ptr<AdminServer> admin_;
  std::atomic<bool> started_ = false;
  std::thread start_watcher_;
};

}  // namespace trebol
