#pragma once

// Inside the client library only: this header brings in gRPC.

#include <grpcpp/channel.h>

#include <atomic>
#include <memory>
#include <vector>

#include "client/client.h"
#include "client/internal/retry.h"
#include "trebol/v1/admin.grpc.pb.h"
#include "trebol/v1/object.grpc.pb.h"

namespace trebol::client {

/// One TCP connection to the gateway with the stubs that use it.
struct Lane {
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::ObjectService::Stub> objects;
  std::unique_ptr<v1::AdminService::Stub> admin;
};

/// What the copies of a Client share: lanes, options, the retry budget. Thread-safe.
class Connection {
 public:
  explicit Connection(ClientOptions options);

  const ClientOptions& options() const { return options_; }
  RetryBudget& retry_budget() { return retry_budget_; }
  /// The lanes take turns.
  const Lane& NextLane();
  /// Tries to be connected before a write, because a write that was started is not repeated. Gives
  /// no error: a call on a lane that could not connect fails at once and says why.
  void AwaitConnected(const Lane& lane) const;

 private:
  const ClientOptions options_;
  std::vector<Lane> lanes_;
  std::atomic<uint32_t> turn_ = 0;
  RetryBudget retry_budget_;
};

}  // namespace trebol::client
