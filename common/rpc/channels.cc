#include "common/rpc/channels.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include "common/base/limits.h"

namespace trebol {

std::shared_ptr<grpc::Channel> DialTcp(const std::string& endpoint, int index) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(static_cast<int>(kMaxMessageSize));
  arguments.SetMaxSendMessageSize(static_cast<int>(kMaxMessageSize));
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_FRAME_SIZE, static_cast<int>(kMiB));
  // A dead peer is noticed by the ping, also while nothing is asked of it; bytes that its machine
  // does not confirm for as long as a ping may take end the connection too (TCP_USER_TIMEOUT, which
  // gRPC sets from these). One that came back is found within the attempts of a call (100 ms and
  // 200 ms apart): the next peer may die now. An attempt to connect takes half a second at most.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 10'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);  // any number: a hung peer sends none
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 500);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  // Without these the channels of one peer would share a connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt("trebol.channel", index);
  return grpc::CreateCustomChannel(endpoint, grpc::InsecureChannelCredentials(), arguments);
}

std::shared_ptr<grpc::Channel> Channels::Pick(const std::string& endpoint) {
  std::shared_ptr<Peer> peer;
  {
    MutexLock lock(&mutex_);
    std::shared_ptr<Peer>& slot = peers_[endpoint];
    if (slot == nullptr) {
      slot = std::make_shared<Peer>();
      for (int i = 0; i < kPerPeer; ++i) slot->channels.push_back(factory_(endpoint, i));
    }
    peer = slot;
  }
  return peer->channels[peer->next.fetch_add(1, std::memory_order_relaxed) % kPerPeer];
}

}  // namespace trebol
