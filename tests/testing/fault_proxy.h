#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "tests/testing/link_faults.h"

namespace trebol {

/// A TCP proxy on loopback that plays a bad network between those who connect to it and one server.
/// Has a thread of its own. Faults may be changed at any time, on any thread, and hold for present
/// and new connections. The server need not run: a connection to a dead one is reset.
///
/// It knows bytes, not messages, and who connects is not known: all clients share the faults.
class FaultProxy {
 public:
  struct Options {
    std::string target;  // "127.0.0.1:PORT"
    uint64_t seed = 1;   // of jitter and corruption
  };
  struct Counts {
    uint64_t connections = 0;  // accepted
    uint64_t refused = 0;      // the faults said so
    uint64_t reset = 0;        // by ResetAll, LoseServers, or a server that is not there
    uint64_t passed = 0;       // bytes, both ways
    uint64_t corrupted = 0;    // bytes, both ways
    uint64_t open = 0;         // connections now
  };

  static absl::StatusOr<std::unique_ptr<FaultProxy>> Start(Options options);
  ~FaultProxy();  // resets what is open
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  /// "127.0.0.1:PORT", where it listens; the same for good.
  const std::string& endpoint() const { return endpoint_; }

  void Set(const LinkFaults& faults);
  void Heal() { Set({}); }

  /// Both sides of every present connection get a reset. Returns when it is done.
  void ResetAll();
  /// Half-open: the server's side of every present connection is gone, the client's stays open,
  /// takes what is sent and never answers, as after the power cut of a host. Returns when it is
  /// done.
  void LoseServers();

  Counts counts() const;

 private:
  struct Connection;

  FaultProxy(Options options, int listener, int wake, std::string endpoint);
  void Run();
  void Accept(const LinkFaults& faults);
  void Connect(Connection& connection);
  /// What became of a connection whose sockets have the events.
  void Serve(Connection& connection, const LinkFaults& faults, short client_events,
             short server_events);
  void Obey(int command);
  void Command(int command);
  void Wake();

  const Options options_;
  const int listener_;
  const int wake_;  // an eventfd: something changed
  const std::string endpoint_;

  // Of the thread.
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Connection>> connections_;

  mutable Mutex mutex_;
  CondVar obeyed_;
  LinkFaults faults_ ABSL_GUARDED_BY(mutex_);
  int command_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  Counts counts_ ABSL_GUARDED_BY(mutex_);

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace trebol
