#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "common/base/mutex.h"
#include "common/rpc/channels.h"
#include "common/rpc/rpc_server.h"

namespace trebol {

/// The servers of one process by name, so that the same stubs and services talk without a port:
/// endpoints "inproc:NAME". Thread-safe.
class InProcessNetwork {
 public:
  void Add(const std::string& endpoint, RpcServer* server);
  /// From now on it is not found; channels that were opened fail as those to a dead process do.
  void Remove(const std::string& endpoint);

  /// Waits a moment for a server that is still starting; a channel on which every call fails if
  /// none appears.
  std::shared_ptr<grpc::Channel> Dial(const std::string& endpoint);

 private:
  Mutex mutex_;
  CondVar added_;
  absl::flat_hash_map<std::string, RpcServer*> servers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
