#pragma once

#include "absl/status/statusor.h"
#include "metadata/state/apply_context.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/rows.pb.h"

/// Every mutation of the namespace: a plain, deterministic function of rows, one in each file.
///
/// What they return: an Outcome, with a result or with a definite error that is decided and logged;
/// or a status, after which nothing was changed: the command was malformed, came too late, or the
/// disk failed. Repeats are harmless; each says below by what it is known again.
namespace trebol::catalog {

/// Runs any command. INVALID_ARGUMENT for one that is empty or of a newer release.
absl::StatusOr<v1::Outcome> Apply(Transaction& rows, const v1::Command& command,
                                  const ApplyContext& context);

// What gateways ask. By operation: the same outcome for every repeat, or OPERATION_UNKNOWN.
absl::StatusOr<v1::Outcome> CreateBucket(Transaction& rows, const v1::CreateBucketCommand& command,
                                         const ApplyContext& context);
/// Only an empty bucket.
absl::StatusOr<v1::Outcome> DeleteBucket(Transaction& rows, const v1::DeleteBucketCommand& command,
                                         const ApplyContext& context);
/// Decides the version's sequence whatever the outcome is. Refused without a trace if the session
/// is closed or the version was given up.
absl::StatusOr<v1::Outcome> PutObject(Transaction& rows, const v1::PutObjectCommand& command,
                                      const ApplyContext& context);
absl::StatusOr<v1::Outcome> DeleteObject(Transaction& rows, const v1::DeleteObjectCommand& command,
                                         const ApplyContext& context);
/// The entries of one command; a repeat of those that were carried out gets their results.
absl::StatusOr<v1::Outcome> DeleteObjects(Transaction& rows,
                                          const v1::DeleteObjectsCommand& command,
                                          const ApplyContext& context);
/// Decides the copy's version, like PutObject. In constant time.
absl::StatusOr<v1::Outcome> CopyObject(Transaction& rows, const v1::CopyObjectCommand& command,
                                       const ApplyContext& context);
absl::StatusOr<v1::Outcome> SetBucketVersioning(Transaction& rows,
                                                const v1::SetBucketVersioningCommand& command,
                                                const ApplyContext& context);
absl::StatusOr<v1::Outcome> SetBucketTags(Transaction& rows,
                                          const v1::SetBucketTagsCommand& command,
                                          const ApplyContext& context);
absl::StatusOr<v1::Outcome> SetObjectTags(Transaction& rows,
                                          const v1::SetObjectTagsCommand& command,
                                          const ApplyContext& context);
absl::StatusOr<v1::Outcome> SetBucketAccess(Transaction& rows,
                                            const v1::SetBucketAccessCommand& command,
                                            const ApplyContext& context);
absl::StatusOr<v1::Outcome> SetBucketQuota(Transaction& rows,
                                           const v1::SetBucketQuotaCommand& command,
                                           const ApplyContext& context);
absl::StatusOr<v1::Outcome> SetBucketCors(Transaction& rows,
                                          const v1::SetBucketCorsCommand& command,
                                          const ApplyContext& context);
/// A repeat gets the secret that the first attempt came with: its maker drew another.
absl::StatusOr<v1::Outcome> PutAccessKey(Transaction& rows, const v1::PutAccessKeyCommand& command,
                                         const ApplyContext& context);
absl::StatusOr<v1::Outcome> DeleteAccessKey(Transaction& rows,
                                            const v1::DeleteAccessKeyCommand& command,
                                            const ApplyContext& context);
/// Decide the upload's and the part's version, like PutObject.
absl::StatusOr<v1::Outcome> CreateUpload(Transaction& rows, const v1::CreateUploadCommand& command,
                                         const ApplyContext& context);
absl::StatusOr<v1::Outcome> PutPart(Transaction& rows, const v1::PutPartCommand& command,
                                    const ApplyContext& context);
/// In constant time for any number of parts. UPLOAD_CHANGED (ABORTED), which is not decided, if a
/// part came since the parts were checked. By upload, too: a repeat with the same parts gets the
/// same object while its bytes are there.
absl::StatusOr<v1::Outcome> CompleteUpload(Transaction& rows,
                                           const v1::CompleteUploadCommand& command,
                                           const ApplyContext& context);
absl::StatusOr<v1::Outcome> AbortUpload(Transaction& rows, const v1::AbortUploadCommand& command,
                                        const ApplyContext& context);
/// By version. Decides it ABANDONED, or says that it was committed before.
absl::StatusOr<v1::Outcome> AbandonVersion(Transaction& rows,
                                           const v1::AbandonVersionCommand& command,
                                           const ApplyContext& context);

// Sessions. By session id and number.
absl::StatusOr<v1::Outcome> OpenSession(Transaction& rows, const v1::OpenSessionCommand& command,
                                        const ApplyContext& context);
/// STALE_RENEWAL if its number is not above the last: a later one, or this one, was applied
/// already.
absl::StatusOr<v1::Outcome> RenewSession(Transaction& rows, const v1::RenewSessionCommand& command,
                                         const ApplyContext& context);
absl::StatusOr<v1::Outcome> CloseSession(Transaction& rows, const v1::CloseSessionCommand& command,
                                         const ApplyContext& context);
absl::StatusOr<v1::Outcome> SettleSessions(Transaction& rows,
                                           const v1::SettleSessionsCommand& command,
                                           const ApplyContext& context);

// Garbage. Idempotent.
absl::StatusOr<v1::Outcome> OfferVersions(Transaction& rows,
                                          const v1::OfferVersionsCommand& command,
                                          const ApplyContext& context);
absl::StatusOr<v1::Outcome> FinishGarbage(Transaction& rows,
                                          const v1::FinishGarbageCommand& command,
                                          const ApplyContext& context);
/// Once its readers have passed.
absl::StatusOr<v1::Outcome> ExpandGarbage(Transaction& rows,
                                          const v1::ExpandGarbageCommand& command,
                                          const ApplyContext& context);
absl::StatusOr<v1::Outcome> FreezeCollection(Transaction& rows,
                                             const v1::FreezeCollectionCommand& command,
                                             const ApplyContext& context);

// The cluster.
absl::StatusOr<v1::Outcome> CreateCluster(Transaction& rows,
                                          const v1::CreateClusterCommand& command,
                                          const ApplyContext& context);
/// Metadata's own, from where it is started. ACCESS_KEY_EXISTS for the id of another user's key.
absl::StatusOr<v1::Outcome> SetRootKey(Transaction& rows, const v1::SetRootKeyCommand& command,
                                       const ApplyContext& context);
absl::StatusOr<v1::Outcome> BeginTerm(Transaction& rows, const v1::BeginTermCommand& command,
                                      const ApplyContext& context);
/// WRONG_CLUSTER, WRONG_GENERATION, NODE_CONFLICT, INVALID_ARGUMENT, LINEAGE_MISSING.
absl::StatusOr<v1::Outcome> RegisterNode(Transaction& rows, const v1::RegisterNodeCommand& command,
                                         const ApplyContext& context);
/// The first table, whole. ABORTED if the map changed meanwhile.
absl::StatusOr<v1::Outcome> InstallMap(Transaction& rows, const v1::InstallMapCommand& command,
                                       const ApplyContext& context);
/// Later changes of nodes and partitions; whom it does not name stays. ABORTED if the map changed
/// meanwhile, INVALID_ARGUMENT for a map that contradicts itself.
absl::StatusOr<v1::Outcome> ChangeMap(Transaction& rows, const v1::ChangeMapCommand& command,
                                      const ApplyContext& context);
/// What is so already stays so; the oldest of the history goes.
absl::StatusOr<v1::Outcome> ChangeJobs(Transaction& rows, const v1::ChangeJobsCommand& command,
                                       const ApplyContext& context);
absl::StatusOr<v1::Outcome> RecordPositions(Transaction& rows,
                                            const v1::RecordPositionsCommand& command,
                                            const ApplyContext& context);

}  // namespace trebol::catalog
