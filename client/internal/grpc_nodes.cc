#include "absl/strings/ascii.h"
#include "client/internal/grpc_connection.h"
#include "client/internal/unary_call.h"
#include "common/base/ids.h"
#include "common/base/status_macros.h"

namespace trebol::client {
namespace {

using Admin = v1::AdminService::Stub;

v1::NodeChange ToMessage(const NodeChange& change) {
  v1::NodeChange message;
  message.set_verb(static_cast<v1::NodeChange::Verb>(change.verb));
  for (const std::string& node : change.nodes) message.add_nodes(node);
  message.set_all_waiting(change.all_waiting);
  message.set_replacement(change.replacement);
  return message;
}

NodeChangePlan FromMessage(const v1::NodeChangePlan& message) {
  NodeChangePlan plan;
  plan.map_epoch = message.map_epoch();
  for (const v1::NodeChangePlan::Node& node : message.nodes()) {
    plan.nodes.push_back(
        {.id = ToHex(node.node().id()),
         .endpoint = node.node().endpoint(),
         .zone = node.node().zone(),
         .state = absl::AsciiStrToLower(v1::ClusterNode::State_Name(node.node().state())),
         .removed = node.node().removed(),
         .partitions_before = node.partitions_before(),
         .partitions_after = node.partitions_after(),
         .bytes_before = node.bytes_before(),
         .bytes_after = node.bytes_after(),
         .capacity_bytes = node.capacity_bytes()});
  }
  plan.moved_partitions = message.moved_partitions();
  plan.moved_copies = message.moved_copies();
  plan.moved_bytes = message.moved_bytes();
  plan.seconds = message.seconds();
  plan.refusals.assign(message.refusals().begin(), message.refusals().end());
  plan.notes.assign(message.notes().begin(), message.notes().end());
  plan.changes_nothing = message.changes_nothing();
  return plan;
}

}  // namespace

absl::StatusOr<NodeChangePlan> GrpcConnection::PlanNodeChange(const CallContext& context,
                                                              const NodeChange& change) {
  v1::PlanNodeChangeRequest request;
  *request.mutable_change() = ToMessage(change);
  ASSIGN_OR_RETURN(const v1::PlanNodeChangeResponse planned,
                   Read(*transport_, context, &Admin::PlanNodeChange, request));
  return FromMessage(planned.plan());
}

absl::StatusOr<NodeChangePlan> GrpcConnection::ApplyNodeChange(const CallContext& context,
                                                               const NodeChange& change) {
  v1::ApplyNodeChangeRequest request;
  *request.mutable_change() = ToMessage(change);
  // A repeat finds it done, so it needs no operation id.
  ASSIGN_OR_RETURN(const v1::ApplyNodeChangeResponse applied,
                   Read(*transport_, context, &Admin::ApplyNodeChange, request));
  return FromMessage(applied.plan());
}

}  // namespace trebol::client
