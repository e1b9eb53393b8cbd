#include "client/internal/transport.h"

#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "client/internal/call_signer.h"
#include "common/base/clock.h"
#include "common/base/limits.h"

namespace trebol::client {
namespace {

constexpr int kStreamWindow = 2 << 20;
constexpr int kKeepaliveMs = 10'000;
constexpr int kKeepaliveTimeoutMs = 5'000;
constexpr int kFirstReconnectMs = 100;
constexpr int kLongestReconnectMs = 500;
constexpr int kConnectTimeoutMs = 5'000;
constexpr absl::Duration kConnectPatience = absl::Milliseconds(500);
constexpr absl::Duration kLookInterval = absl::Milliseconds(100);
constexpr absl::Duration kStopCheckInterval = absl::Milliseconds(50);

grpc::ChannelArguments LaneArguments() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageSize);
  arguments.SetMaxSendMessageSize(kMaxMessageSize);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_FRAME_SIZE, kMaxStreamMessageSize);
  // By itself gRPC buffers up to 20 MiB of a download that is slower to write than to receive. Over
  // a long way one stream gets so many bytes a round trip; several ranges at a time get more.
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kStreamWindow);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeoutMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMs);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // else equal channels share one socket
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);          // a proxy for web pages is not for us
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  return arguments;
}

/// Ends the channel's wait between two attempts, at most once in kLookInterval.
void LookNow(const Lane& lane) {
  const int64_t now = absl::ToInt64Milliseconds(SystemClock().Now().since_origin);
  int64_t next = lane.next_look_ms;
  if (now >= next && lane.next_look_ms.compare_exchange_strong(
                         next, now + absl::ToInt64Milliseconds(kLookInterval))) {
    grpc::experimental::ChannelResetConnectionBackoff(lane.channel.get());
  }
}

}  // namespace

Transport::Transport(const ClientOptions& options) {
  for (int i = 0; i < std::max(1, options.connections); ++i) {
    auto lane = std::make_unique<Lane>();
    lane->endpoint = options.endpoint;
    lane->channel = DialSigned(options.endpoint, LaneArguments(), options.access_key_id,
                               options.secret_access_key);
    lane->objects = v1::ObjectService::NewStub(lane->channel);
    lane->sessions = v1::SessionService::NewStub(lane->channel);
    lane->admin = v1::AdminService::NewStub(lane->channel);
    lane->access = v1::AccessService::NewStub(lane->channel);
    lanes_.push_back(std::move(lane));
  }
}

bool Transport::AwaitConnected(const Lane& lane, const CallContext& context) const {
  const absl::Time give_up = absl::Now() + kConnectPatience;
  bool tried = false;  // an attempt that we saw begin
  while (absl::Now() < give_up && !context.stop.stop_requested()) {
    const grpc_connectivity_state state = lane.channel->GetState(/*try_to_connect=*/true);
    if (state == GRPC_CHANNEL_READY) return true;
    if (state == GRPC_CHANNEL_TRANSIENT_FAILURE) {
      if (tried) return false;
      LookNow(lane);
    }
    tried = tried || state == GRPC_CHANNEL_IDLE || state == GRPC_CHANNEL_CONNECTING;
    lane.channel->WaitForStateChange(state, absl::ToChronoTime(absl::Now() + kStopCheckInterval));
  }
  return false;
}

}  // namespace trebol::client
