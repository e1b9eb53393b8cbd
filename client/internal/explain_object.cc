#include "absl/strings/ascii.h"
#include "client/internal/grpc_connection.h"
#include "client/internal/messages.h"
#include "client/internal/unary_call.h"
#include "common/base/ids.h"
#include "common/base/status_macros.h"

namespace trebol::client {
namespace {

using Message = v1::ExplainObjectResponse;

ObjectExplanation::Copy FromMessage(const Message::Copy& message) {
  ObjectExplanation::Copy copy;
  copy.node = ToHex(message.node());
  copy.role = absl::AsciiStrToLower(Message::Copy::Role_Name(message.role()));
  copy.state = absl::AsciiStrToLower(Message::Copy::State_Name(message.state()));
  if (message.hint_for() != 0) copy.hint_for = ToHex(message.hint_for());
  if (message.has_verified()) {
    copy.verified = absl::FromUnixSeconds(message.verified().seconds()) +
                    absl::Nanoseconds(message.verified().nanos());
  }
  return copy;
}

ObjectExplanation::Chunk FromMessage(const Message::Chunk& message) {
  ObjectExplanation::Chunk chunk;
  chunk.id = message.id();
  chunk.part = message.part();
  chunk.index = message.index();
  chunk.offset = message.offset();
  chunk.size = message.size();
  chunk.partition = message.partition();
  chunk.epoch = message.epoch();
  for (const Message::Copy& copy : message.copies()) chunk.copies.push_back(FromMessage(copy));
  chunk.good = message.good();
  chunk.zones = message.zones();
  chunk.doubtful = message.doubtful();
  return chunk;
}

ObjectExplanation::Node FromMessage(const Message::Node& message) {
  v1::NodeStatus status;
  *status.mutable_node() = message.node();
  status.set_liveness(message.node().down() ? v1::NodeStatus::DOWN : v1::NodeStatus::UP);
  status.set_breaker(message.breaker());
  return {.status = client::FromMessage(status), .problem = message.problem()};
}

}  // namespace

ObjectExplanation FromMessage(const v1::ExplainObjectResponse& message) {
  ObjectExplanation explanation;
  explanation.object = FromMessage(message.object());
  explanation.map_epoch = message.map_epoch();
  explanation.copies = message.copies();
  explanation.zones = message.zones();
  for (const Message::Node& node : message.nodes()) explanation.nodes.push_back(FromMessage(node));
  for (const Message::Chunk& chunk : message.chunks()) {
    explanation.chunks.push_back(FromMessage(chunk));
  }
  explanation.full = message.summary().full();
  explanation.fewer = message.summary().fewer();
  explanation.one = message.summary().one();
  explanation.none = message.summary().none();
  explanation.lost = message.summary().lost();
  explanation.least_copies = message.summary().least_copies();
  explanation.most_copies = message.summary().most_copies();
  explanation.least_zones = message.summary().least_zones();
  explanation.next_offset = message.next_offset();
  return explanation;
}

absl::StatusOr<ObjectExplanation> GrpcConnection::ExplainObject(
    const CallContext& context, const std::string& bucket, const std::string& key,
    const ExplainObjectOptions& options) {
  v1::ExplainObjectRequest request;
  request.set_bucket(bucket);
  request.set_key(key);
  request.set_version(options.version);
  request.set_offset(options.offset);
  request.set_limit(options.limit);
  request.set_verify(options.verify);
  ASSIGN_OR_RETURN(const Message response,
                   Read(*transport_, context, &v1::AdminService::Stub::ExplainObject, request));
  return FromMessage(response);
}

}  // namespace trebol::client
