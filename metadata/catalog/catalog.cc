#include "metadata/catalog/catalog.h"

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/access_keys.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/constants.h"
#include "metadata/log/local_log.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol {
namespace {

// A command that has waited so long shows that the disk stalls.
constexpr absl::Duration kPromptly = absl::Seconds(1);
constexpr int kClusterIdBytes = 16;

v1::ClusterConstants WithDefaults(v1::ClusterConstants constants) {
  if (constants.partitions() == 0) constants.set_partitions(kDefaultPartitions);
  if (constants.copies() == 0) constants.set_copies(kDefaultCopies);
  if (constants.write_quorum() == 0) {
    constants.set_write_quorum(std::min(kDefaultWriteQuorum, constants.copies()));
  }
  if (constants.initial_nodes() == 0) constants.set_initial_nodes(constants.copies());
  return constants;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Catalog>> Catalog::Open(const Options& options) {
  auto self = absl::WrapUnique(new Catalog());
  MetadataStore::Options store;
  store.directory = options.directory;
  store.env = options.env;
  ASSIGN_OR_RETURN(self->store_, MetadataStore::Open(store));
  ASSIGN_OR_RETURN(self->log_, LocalLog::Open(self->store_->db(), self->store_->log_family()));
  self->sequencer_ = std::make_unique<Sequencer>(self->store_.get(), self->log_.get(),
                                                 options.clock, catalog::Apply, options.sequencer);
  RETURN_IF_ERROR(self->sequencer_->Recover());
  if (self->head().index() == 0) {
    RETURN_IF_ERROR(self->Create(options));
  }
  RETURN_IF_ERROR(self->LoadIdentity(options));
  RETURN_IF_ERROR(self->NameDirectory(options));
  return self;
}

absl::Status Catalog::NameDirectory(const Options& options) {
  const std::string& named = store_->cluster_id();
  if (named == identity_.cluster_id) return absl::OkStatus();
  if (named.empty()) return store_->NameCluster(identity_.cluster_id);
  return MakeError(absl::StatusCode::kDataLoss, v1::LINEAGE_MISSING,
                   absl::StrCat("the metadata directory ", options.directory, " is of cluster ",
                                named, ", but its database of cluster ", identity_.cluster_id,
                                "; restore the directory whole, from the newest copy"));
}

absl::Status Catalog::Create(const Options& options) {
  if (!store_->cluster_id().empty()) {
    return MakeError(absl::StatusCode::kDataLoss, v1::LINEAGE_MISSING,
                     absl::StrCat("the metadata directory ", options.directory, " is of cluster ",
                                  store_->cluster_id(),
                                  ", but its log is empty; restore the directory whole, from the "
                                  "newest copy"));
  }
  v1::Command command;
  v1::CreateClusterCommand& create = *command.mutable_create_cluster();
  create.set_cluster_id(RandomHex(kClusterIdBytes));
  create.set_generation(RandomId());
  *create.mutable_constants() = WithDefaults(options.constants);
  create.set_chunk_size(options.chunk_size == 0 ? kDefaultChunkSize : options.chunk_size);
  RETURN_IF_ERROR(catalog::ValidateConstants(create.constants()));
  if (create.chunk_size() > kMaxChunkSize) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     absl::StrCat("a chunk size of ", create.chunk_size(),
                                  " bytes is larger than the limit of ", kMaxChunkSize));
  }
  return sequencer_->Execute(RandomId(), Generation(create.generation()), command).status();
}

absl::Status Catalog::LoadIdentity(const Options& options) {
  ASSIGN_OR_RETURN(const v1::ClusterRow cluster, Cluster());
  const std::string who = absl::StrCat("metadata on ", options.directory);
  RETURN_IF_ERROR(catalog::CheckConstants(options.constants, cluster.constants(), who));
  if (options.chunk_size != 0 && options.chunk_size != cluster.chunk_size()) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, v1::INVALID_ARGUMENT,
        absl::StrCat(who, " is set to chunks of ", options.chunk_size,
                     " bytes, but this cluster was created with ", cluster.chunk_size(),
                     ", which never changes; correct the setting"));
  }
  identity_.cluster_id = cluster.cluster_id();
  identity_.generation = Generation(cluster.generation());
  identity_.constants = cluster.constants();
  identity_.chunk_size = cluster.chunk_size();
  return absl::OkStatus();
}

absl::Status Catalog::SetRoot(v1::SetRootKeyCommand root) {
  // Tried on rows that nobody sees, so that it cannot fail once the term has begun.
  const ApplyContext context{.generation = identity_.generation};
  RETURN_IF_ERROR(catalog::SetRootKey(*store_->Begin(), root, context).status());
  root_ = std::move(root);
  return absl::OkStatus();
}

absl::Status Catalog::InstallRoot(uint64_t term) {
  if (!root_.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto before, RootKey());
  if (before.has_value()) {
    if (before->id() == root_->id() && before->secret() == root_->secret()) return absl::OkStatus();
    replaced_root_ = before->id();
  }
  v1::Command command;
  *command.mutable_set_root_key() = *root_;
  return sequencer_->Execute(term, identity_.generation, command).status();
}

absl::StatusOr<std::optional<v1::AccessKeyRow>> Catalog::RootKey() {
  return catalog::access_keys::FindRoot(*store_->Snapshot());
}

absl::Status Catalog::BeginTerm() {
  TREBOL_CHECK(!began_);
  const uint64_t term = RandomId();
  v1::Command command;
  command.mutable_begin_term()->set_term(term);
  RETURN_IF_ERROR(sequencer_->Execute(term, identity_.generation, command).status());
  RETURN_IF_ERROR(InstallRoot(term));
  sequencer_->Start(term, identity_.generation);
  began_ = true;
  return absl::OkStatus();
}

absl::StatusOr<SubmitResult> Catalog::Submit(v1::Command command) {
  return sequencer_->Submit(std::move(command));
}

void Catalog::SubmitAsync(v1::Command command, Sequencer::Done done, Instant deadline) {
  sequencer_->SubmitAsync(std::move(command), std::move(done), deadline);
}

absl::StatusOr<v1::LookupObjectResponse> Catalog::LookupObject(
    const v1::LookupObjectRequest& request) {
  RETURN_IF_ERROR(health());
  return catalog::LookupObject(*store_->Snapshot(), request);
}

std::optional<absl::StatusOr<v1::LookupObjectResponse>> Catalog::TryLookupObject(
    const v1::LookupObjectRequest& request) {
  if (absl::Status status = health(); !status.ok()) return status;
  const auto rows = store_->Snapshot(RocksSnapshot::Source::kMemory);
  auto found = catalog::LookupObject(*rows, request);
  if (rows->missed()) return std::nullopt;
  return found;
}

absl::StatusOr<v1::LookupBucketResponse> Catalog::LookupBucket(
    const v1::LookupBucketRequest& request) {
  RETURN_IF_ERROR(health());
  return catalog::LookupBucket(*store_->Snapshot(), request);
}

absl::StatusOr<v1::ReadBucketsResponse> Catalog::ReadBuckets() {
  RETURN_IF_ERROR(health());
  return catalog::ReadBuckets(*store_->Snapshot());
}

absl::StatusOr<ListedPage> Catalog::ReadPage(const v1::ReadPageRequest& request) {
  RETURN_IF_ERROR(health());
  return catalog::ReadPage(*store_->Snapshot(), request);
}

absl::StatusOr<v1::LookupUploadResponse> Catalog::LookupUpload(
    const v1::LookupUploadRequest& request) {
  RETURN_IF_ERROR(health());
  return catalog::LookupUpload(*store_->Snapshot(), request);
}

absl::StatusOr<v1::ReadVersionsResponse> Catalog::ReadVersions(
    const v1::ReadVersionsRequest& request) {
  RETURN_IF_ERROR(health());
  return catalog::ReadVersions(*store_->Snapshot(), request);
}

absl::StatusOr<v1::ReadPartsResponse> Catalog::ReadParts(const v1::ReadPartsRequest& request) {
  RETURN_IF_ERROR(health());
  return catalog::ReadParts(*store_->Snapshot(), request);
}

absl::StatusOr<v1::ReadUploadsResponse> Catalog::ReadUploads(
    const v1::ReadUploadsRequest& request) {
  RETURN_IF_ERROR(health());
  return catalog::ReadUploads(*store_->Snapshot(), request);
}

absl::StatusOr<v1::LookupAccessKeyResponse> Catalog::LookupAccessKey(
    const v1::LookupAccessKeyRequest& request) {
  RETURN_IF_ERROR(health());
  return catalog::LookupAccessKey(*store_->Snapshot(), request);
}

absl::StatusOr<v1::ReadAccessKeysResponse> Catalog::ReadAccessKeys(
    const v1::ReadAccessKeysRequest& request) {
  RETURN_IF_ERROR(health());
  return catalog::ReadAccessKeys(*store_->Snapshot(), request);
}

absl::Status Catalog::health() const {
  if (!began_) {
    return MakeError(absl::StatusCode::kUnavailable, v1::NOT_READY,
                     "metadata is starting; repeat the call");
  }
  return sequencer_->health();
}

bool Catalog::Accepts() const { return health().ok() && sequencer_->OldestWait() < kPromptly; }

absl::StatusOr<v1::ClusterMap> Catalog::Map() { return catalog::GetMap(*store_->Snapshot()); }

absl::StatusOr<v1::ClusterRow> Catalog::Cluster() {
  return catalog::GetCluster(*store_->Snapshot());
}

absl::StatusOr<std::vector<v1::NodeRow>> Catalog::Nodes() {
  return catalog::ReadNodes(*store_->Snapshot());
}

absl::StatusOr<std::optional<v1::NodeRow>> Catalog::Node(NodeId node) {
  return GetRow<v1::NodeRow>(*store_->Snapshot(), row_keys::Node(node));
}

absl::StatusOr<std::vector<catalog::SessionInfo>> Catalog::OpenSessions() {
  return catalog::ReadOpenSessions(*store_->Snapshot());
}

absl::StatusOr<std::vector<SessionId>> Catalog::UnsettledSessions() {
  return catalog::ReadUnsettledSessions(*store_->Snapshot());
}

absl::StatusOr<v1::JobsRow> Catalog::Jobs() { return catalog::ReadJobs(*store_->Snapshot()); }

absl::StatusOr<catalog::ReadersHorizon> Catalog::Readers(GarbageKind kind) {
  return catalog::ReadReadersHorizon(*store_->Snapshot(), kind);
}

absl::StatusOr<std::vector<v1::GarbageRow>> Catalog::Garbage(GarbageKind kind,
                                                             catalog::GarbagePlace after,
                                                             LogIndex horizon, size_t limit) {
  return catalog::ReadGarbage(*store_->Snapshot(), kind, after, horizon, limit);
}

absl::StatusOr<bool> Catalog::HistoryHas(const v1::LogPosition& position) {
  return catalog::HistoryHas(*store_->Snapshot(), position);
}

std::unique_ptr<RowReader> Catalog::Snapshot() { return store_->Snapshot(); }

}  // namespace trebol
