#include "tests/testing/metadata_commands.h"

#include "absl/strings/str_cat.h"
#include "common/base/proto_ids.h"

namespace trebol::testing {
namespace {

template <typename Message>
void SetOperation(const Operation& operation, Message* command) {
  command->mutable_operation()->set_session(operation.session);
  command->mutable_operation()->set_counter(operation.counter);
}

}  // namespace

v1::Command OpenSession(uint64_t session, v1::OpenSessionCommand::Kind kind) {
  v1::Command command;
  command.mutable_open_session()->set_session(session);
  command.mutable_open_session()->set_kind(kind);
  command.mutable_open_session()->set_owner("127.0.0.1:9100");
  return command;
}

v1::Command CloseSession(uint64_t session) {
  v1::Command command;
  command.mutable_close_session()->set_session(session);
  return command;
}

v1::Command RenewSession(uint64_t session, uint64_t number, uint64_t decided_below,
                         std::vector<uint64_t> open, uint64_t operations_below,
                         std::vector<uint64_t> open_operations, uint64_t horizon) {
  v1::Command command;
  v1::RenewSessionCommand& renew = *command.mutable_renew_session();
  renew.set_session(session);
  renew.set_number(number);
  renew.set_decided_below(decided_below);
  renew.mutable_open()->Assign(open.begin(), open.end());
  renew.set_operations_below(operations_below);
  renew.mutable_open_operations()->Assign(open_operations.begin(), open_operations.end());
  renew.set_horizon(horizon);
  return command;
}

v1::Command CreateBucket(Operation operation, const std::string& name) {
  v1::Command command;
  SetOperation(operation, command.mutable_create_bucket());
  command.mutable_create_bucket()->set_bucket(name);
  return command;
}

v1::Command DeleteBucket(Operation operation, const std::string& name) {
  v1::Command command;
  SetOperation(operation, command.mutable_delete_bucket());
  command.mutable_delete_bucket()->set_bucket(name);
  return command;
}

v1::Command PutObject(Operation operation, const std::string& bucket, const std::string& key,
                      const VersionId& version, uint64_t size, uint32_t chunk_size) {
  v1::Command command;
  v1::PutObjectCommand& put = *command.mutable_put_object();
  SetOperation(operation, &put);
  put.set_bucket(bucket);
  put.set_key(key);
  *put.mutable_manifest()->mutable_version() = ToProto(version);
  put.mutable_manifest()->set_size(size);
  put.mutable_manifest()->set_chunk_size(chunk_size);
  put.mutable_manifest()->set_etag("0-1");
  return command;
}

v1::Command DeleteObject(Operation operation, const std::string& bucket, const std::string& key) {
  v1::Command command;
  SetOperation(operation, command.mutable_delete_object());
  command.mutable_delete_object()->set_bucket(bucket);
  command.mutable_delete_object()->set_key(key);
  return command;
}

v1::Command AbandonVersion(const VersionId& version, uint64_t chunks, uint64_t bytes) {
  v1::Command command;
  *command.mutable_abandon_version()->mutable_version() = ToProto(version);
  command.mutable_abandon_version()->set_chunks(chunks);
  command.mutable_abandon_version()->set_bytes(bytes);
  return command;
}

v1::Command RegisterNode(uint64_t node, uint64_t incarnation, const std::string& cluster_id,
                         uint64_t generation) {
  v1::Command command;
  v1::RegisterNodeRequest& request = *command.mutable_register_node()->mutable_request();
  request.set_node_id(node);
  request.set_disk_id(node + 1);
  request.set_incarnation(incarnation);
  request.set_endpoint(absl::StrCat("127.0.0.1:", 10000 + node));
  request.set_zone("");
  request.set_weight(1);
  request.set_cluster_id(cluster_id);
  request.set_generation(generation);
  return command;
}

v1::Command OfferVersion(uint64_t node, const VersionId& version, uint64_t bytes) {
  v1::Command command;
  v1::OfferVersionsRequest& offer = *command.mutable_offer_versions()->mutable_offer();
  offer.set_node_id(node);
  auto* offered = offer.add_versions();
  offered->set_generation(version.generation.value);
  offered->set_session(version.session.value);
  offered->set_sequence(version.sequence);
  offered->set_bytes(bytes);
  return command;
}

}  // namespace trebol::testing
