#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/object/listed_page.h"
#include "metadata/catalog/reads.h"
#include "metadata/log/replicated_log.h"
#include "metadata/state/metadata_store.h"
#include "metadata/state/sequencer.h"
#include "trebol/v1/cluster.pb.h"
#include "trebol/v1/identity.pb.h"
#include "trebol/v1/metadata.pb.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// All truth about names: the state machine on its log and its disk. Mutations are commands that
/// the sequencer orders; reads run on snapshots beside it and see everything that was answered
/// before they began.
///
/// Life: Open (recovers), then BeginTerm once the lineage is known to be whole, then everything.
/// Before that, and after the disk failed, Submit and the reads of gateways answer UNAVAILABLE
/// (NOT_READY, STORE_FAILED); the reads of the control plane (identity to History) always work.
///
/// Thread-safe. Submit and reads block on the disk: call them from a bounded pool.
class Catalog {
 public:
  struct Options {
    std::string directory;
    /// Under it may be a simulated disk. Not owned.
    rocksdb::Env* env = rocksdb::Env::Default();
    const Clock* clock = &SystemClock();
    /// Of the cluster that is created at the first start: a field that is 0 gets its default. Later
    /// a field that is not 0 must be what the cluster was created with.
    v1::ClusterConstants constants;
    uint32_t chunk_size = 0;  // bytes, of new objects; as above
    Sequencer::Options sequencer;
  };
  /// Never changes while the catalog is open.
  struct Identity {
    std::string cluster_id;
    Generation generation;
    v1::ClusterConstants constants;
    uint32_t chunk_size = 0;
  };

  /// FAILED_PRECONDITION if the directory is in use or somebody else's or its constants are others;
  /// UNIMPLEMENTED (UNSUPPORTED_FORMAT), DATA_LOSS or UNAVAILABLE if it cannot be read.
  static absl::StatusOr<std::unique_ptr<Catalog>> Open(const Options& options);

  /// What BeginTerm makes root's key, unless it is that already; with a key for the first time,
  /// the buckets too. Before BeginTerm. ACCESS_KEY_EXISTS, INVALID_ACCESS_KEY, INVALID_BUCKET_NAME.
  absl::Status SetRoot(v1::SetRootKeyCommand root);

  /// Draws a term, makes it the first entry of this start, and begins to serve. Once.
  absl::Status BeginTerm();

  // Mutations.
  absl::StatusOr<SubmitResult> Submit(v1::Command command);
  /// `done` is called once and must not block (see Sequencer).
  void SubmitAsync(v1::Command command, Sequencer::Done done,
                   Instant deadline = Instant::InfiniteFuture());

  // Reads of gateways.
  absl::StatusOr<v1::LookupObjectResponse> LookupObject(const v1::LookupObjectRequest& request);
  /// Likewise from memory, without waiting for the disk; nullopt leaves it to LookupObject.
  std::optional<absl::StatusOr<v1::LookupObjectResponse>> TryLookupObject(
      const v1::LookupObjectRequest& request);
  absl::StatusOr<v1::LookupBucketResponse> LookupBucket(const v1::LookupBucketRequest& request);
  absl::StatusOr<v1::ReadBucketsResponse> ReadBuckets();
  absl::StatusOr<ListedPage> ReadPage(const v1::ReadPageRequest& request);
  absl::StatusOr<v1::LookupUploadResponse> LookupUpload(const v1::LookupUploadRequest& request);
  absl::StatusOr<v1::ReadVersionsResponse> ReadVersions(const v1::ReadVersionsRequest& request);
  absl::StatusOr<v1::ReadPartsResponse> ReadParts(const v1::ReadPartsRequest& request);
  absl::StatusOr<v1::ReadUploadsResponse> ReadUploads(const v1::ReadUploadsRequest& request);
  absl::StatusOr<v1::LookupAccessKeyResponse> LookupAccessKey(
      const v1::LookupAccessKeyRequest& request);
  absl::StatusOr<v1::ReadAccessKeysResponse> ReadAccessKeys(
      const v1::ReadAccessKeysRequest& request);

  // The control plane.
  const Identity& identity() const { return identity_; }
  v1::LogPosition head() const { return sequencer_->head(); }
  /// OK while commands are served; NOT_READY or STORE_FAILED.
  absl::Status health() const;
  /// True while a renewal that arrives would be applied soon: sessions age only then.
  bool Accepts() const;
  absl::StatusOr<v1::ClusterMap> Map();
  absl::StatusOr<v1::ClusterRow> Cluster();
  absl::StatusOr<std::vector<v1::NodeRow>> Nodes();
  absl::StatusOr<std::optional<v1::NodeRow>> Node(NodeId node);
  absl::StatusOr<std::vector<catalog::SessionInfo>> OpenSessions();
  absl::StatusOr<std::vector<SessionId>> UnsettledSessions();
  absl::StatusOr<v1::JobsRow> Jobs();
  /// nullopt: it has none yet.
  absl::StatusOr<std::optional<v1::AccessKeyRow>> RootKey();
  /// The id of the key that root had before BeginTerm gave it another; empty: it kept its key, or
  /// had none.
  std::string replaced_root() const { return began_ ? replaced_root_ : ""; }
  absl::StatusOr<catalog::ReadersHorizon> Readers(GarbageKind kind);
  absl::StatusOr<std::vector<v1::GarbageRow>> Garbage(GarbageKind kind, catalog::GarbagePlace after,
                                                      LogIndex horizon, size_t limit);
  absl::StatusOr<bool> HistoryHas(const v1::LogPosition& position);
  /// The rows as they are now, for reads that must agree with each other or be older than what is
  /// asked meanwhile. Let go of it soon; it ends before the catalog.
  std::unique_ptr<RowReader> Snapshot();

 private:
  Catalog() = default;

  absl::Status Create(const Options& options);
  absl::Status LoadIdentity(const Options& options);
  absl::Status InstallRoot(uint64_t term);
  absl::Status NameDirectory(const Options& options);

  // In order of construction: each stands on those before.
  std::unique_ptr<MetadataStore> store_;
  std::unique_ptr<ReplicatedLog> log_;
  std::unique_ptr<Sequencer> sequencer_;
  Identity identity_;
  std::optional<v1::SetRootKeyCommand> root_;
  std::string replaced_root_;  // not changed once it began
  std::atomic<bool> began_ = false;
};

}  // namespace trebol
