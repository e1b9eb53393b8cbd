#pragma once

// Inside the client library only: this header brings in gRPC.

#include <grpcpp/channel.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/client.h"
#include "client/connection.h"
#include "client/internal/retry.h"
#include "trebol/v1/access.grpc.pb.h"
#include "trebol/v1/admin.grpc.pb.h"
#include "trebol/v1/object.grpc.pb.h"

namespace trebol::client {

/// One TCP connection to the gateway with the stubs that use it.
struct Lane {
  std::string endpoint;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::ObjectService::Stub> objects;
  std::unique_ptr<v1::SessionService::Stub> sessions;
  std::unique_ptr<v1::AdminService::Stub> admin;
  std::unique_ptr<v1::AccessService::Stub> access;
  mutable std::atomic<int64_t> next_look_ms = 0;  // not before, however many calls wait
};

/// What all calls of a connection share: lanes and the retry budget. Thread-safe.
class Transport {
 public:
  /// Connects with the first call.
  explicit Transport(const ClientOptions& options);

  RetryBudget& retry_budget() { return retry_budget_; }
  /// The lanes take turns.
  const Lane& NextLane() { return *lanes_[turn_.fetch_add(1) % lanes_.size()]; }
  /// Before a call: waits a moment for a connection that is being made, and not after an attempt
  /// that failed meanwhile. gRPC by itself may wait for seconds before it looks again at an
  /// endpoint that refused; a call that begins is a reason to look now. False: a call on this lane
  /// fails at once, says why, and reaches nobody.
  bool AwaitConnected(const Lane& lane, const CallContext& context) const;

 private:
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::atomic<uint32_t> turn_ = 0;
  RetryBudget retry_budget_;
};

}  // namespace trebol::client
