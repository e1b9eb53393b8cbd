#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace grpc {
class Channel;
class Server;
class Service;
}  // namespace grpc

namespace trebol {

/// A gRPC server with what every one of ours has: grpc.health.v1, reflection, message limits, a
/// keepalive policy that permits our clients' pings. Thread-safe after Start.
class RpcServer {
 public:
  /// Who calls. From few peers gRPC may read ahead as far as their bandwidth suggests, some 50 MiB
  /// a connection; from clients, of whom there may be many, one MiB a stream.
  enum class Callers { kPeers, kClients };

  /// `listen` is host:port, port 0 is chosen; empty: in-process channels only. `services` must
  /// outlive the server. A port that is in use or an address that is not ours is an error that
  /// names it.
  static absl::StatusOr<std::unique_ptr<RpcServer>> Start(
      const std::string& listen, const std::vector<grpc::Service*>& services,
      Callers callers = Callers::kPeers);
  ~RpcServer();

  /// host:port with the chosen port; empty without one.
  const std::string& endpoint() const { return endpoint_; }
  std::shared_ptr<grpc::Channel> InProcessChannel();

  /// What grpc.health.v1 answers. Not serving at first.
  void SetServing(bool serving);

  /// Takes no new calls; those that run have `grace` to end. Idempotent.
  void Shutdown(absl::Duration grace);

 private:
  RpcServer() = default;

  std::unique_ptr<grpc::Server> server_;
  std::string endpoint_;
};

}  // namespace trebol
