#include "server/in_process_network.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "absl/time/time.h"
#include "common/base/clock.h"

namespace trebol {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(5);

}  // namespace

void InProcessNetwork::Add(const std::string& endpoint, RpcServer* server) {
  {
    MutexLock lock(&mutex_);
    servers_[endpoint] = server;
  }
  added_.NotifyAll();
}

void InProcessNetwork::Remove(const std::string& endpoint) {
  MutexLock lock(&mutex_);
  servers_.erase(endpoint);
}

std::shared_ptr<grpc::Channel> InProcessNetwork::Dial(const std::string& endpoint) {
  const Instant until = SystemClock().Now() + kPatience;
  MutexLock lock(&mutex_);
  while (!servers_.contains(endpoint)) {
    const absl::Duration left = until - SystemClock().Now();
    if (left <= absl::ZeroDuration()) {
      return grpc::CreateChannel("unix:///nonexistent/" + endpoint,
                                 grpc::InsecureChannelCredentials());
    }
    added_.WaitFor(&mutex_, left);
  }
  return servers_[endpoint]->InProcessChannel();
}

}  // namespace trebol
