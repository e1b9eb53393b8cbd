#pragma once

// Inside the client library only: this header brings in gRPC.

#include <grpcpp/channel.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "client/connection.h"
#include "client/internal/retry.h"
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
};

/// What all calls of a connection share: lanes and the retry budget. Thread-safe.
class Transport {
 public:
  /// Connects with the first call.
  Transport(const std::string& endpoint, int lanes);

  RetryBudget& retry_budget() { return retry_budget_; }
  /// The lanes take turns.
  const Lane& NextLane() { return lanes_[turn_.fetch_add(1) % lanes_.size()]; }
  /// Before a call: a gateway that came back may be tried again only a moment later, and until then
  /// calls fail at once; a second is waited for that at most, and not after an attempt to connect
  /// that failed meanwhile. Gives no error: a call on a lane that could not connect fails at once
  /// and says why.
  void AwaitConnected(const Lane& lane, const CallContext& context) const;

 private:
  std::vector<Lane> lanes_;
  std::atomic<uint32_t> turn_ = 0;
  RetryBudget retry_budget_;
};

}  // namespace trebol::client
