#pragma once

#include <cstddef>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/object/listed_page.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/cluster.pb.h"
#include "trebol/v1/identity.pb.h"
#include "trebol/v1/metadata.pb.h"
#include "trebol/v1/rows.pb.h"

/// Questions: plain functions of rows, one in each file.
namespace trebol::catalog {

/// The position of the last entry whose effects are in `rows`.
absl::StatusOr<v1::LogPosition> ReadHead(const RowReader& rows);

/// BUCKET_NOT_FOUND, OBJECT_NOT_FOUND, VERSION_NOT_FOUND, INVALID_BUCKET_NAME, INVALID_OBJECT_KEY.
absl::StatusOr<v1::LookupObjectResponse> LookupObject(const RowReader& rows,
                                                      const v1::LookupObjectRequest& request);
absl::StatusOr<v1::LookupBucketResponse> LookupBucket(const RowReader& rows,
                                                      const v1::LookupBucketRequest& request);
/// All of them, in order of their names.
absl::StatusOr<v1::ReadBucketsResponse> ReadBuckets(const RowReader& rows);

/// Keys. ACCESS_KEY_UNKNOWN, INVALID_ACCESS_KEY. A list has no secrets.
absl::StatusOr<v1::LookupAccessKeyResponse> LookupAccessKey(
    const RowReader& rows, const v1::LookupAccessKeyRequest& request);
absl::StatusOr<v1::ReadAccessKeysResponse> ReadAccessKeys(const RowReader& rows,
                                                          const v1::ReadAccessKeysRequest& request);

/// One page of a listing: a seek, a scan, and a seek past each common prefix. At most the limit
/// that was asked for (0: kDefaultPageSize), kMaxPageSize, and what fits in a message.
absl::StatusOr<ListedPage> ReadPage(const RowReader& rows, const v1::ReadPageRequest& request);

/// All versions and delete markers: one page as above, merged from the table of what keys name and
/// that of older versions.
absl::StatusOr<v1::ReadVersionsResponse> ReadVersions(const RowReader& rows,
                                                      const v1::ReadVersionsRequest& request);

/// Multipart uploads. UPLOAD_NOT_FOUND for one that is neither unfinished nor completed with its
/// object still there.
absl::StatusOr<v1::LookupUploadResponse> LookupUpload(const RowReader& rows,
                                                      const v1::LookupUploadRequest& request);
absl::StatusOr<v1::ReadUploadsResponse> ReadUploads(const RowReader& rows,
                                                    const v1::ReadUploadsRequest& request);
/// Empty for an upload that is not there. To skip bytes it walks over the parts that hold them.
absl::StatusOr<v1::ReadPartsResponse> ReadParts(const RowReader& rows,
                                                const v1::ReadPartsRequest& request);

struct SessionInfo {
  SessionId id;
  v1::SessionRow row;
};
absl::StatusOr<std::vector<SessionInfo>> ReadOpenSessions(const RowReader& rows);
/// Closed sessions of gateways of which nodes may still hold undecided versions.
absl::StatusOr<std::vector<SessionId>> ReadUnsettledSessions(const RowReader& rows);

absl::StatusOr<std::vector<v1::NodeRow>> ReadNodes(const RowReader& rows);

/// Empty before the first job.
absl::StatusOr<v1::JobsRow> ReadJobs(const RowReader& rows);

/// What readers may still be reading: garbage made above `horizon`, and the pinned versions. Of
/// kUnseen garbage nobody reads any.
struct ReadersHorizon {
  LogIndex horizon;
  absl::flat_hash_set<VersionId> pinned;
};
absl::StatusOr<ReadersHorizon> ReadReadersHorizon(const RowReader& rows, GarbageKind kind);

/// Where a walk over garbage goes on: after this row.
struct GarbagePlace {
  LogIndex made_at;
  VersionId version;
  friend constexpr auto operator<=>(const GarbagePlace&, const GarbagePlace&) = default;
};
/// At most `limit` garbage rows of `kind` after `after`, made at or below `horizon`, in order.
/// Pinned ones too.
absl::StatusOr<std::vector<v1::GarbageRow>> ReadGarbage(const RowReader& rows, GarbageKind kind,
                                                        GarbagePlace after, LogIndex horizon,
                                                        size_t limit);

/// Bytes that something refers to, once however many copies share them; those of an upload
/// (`upload` in the row) are its parts', which have extents of their own. At most `limit` after
/// `after`, in order.
struct ExtentInfo {
  VersionId version;
  v1::ExtentRow row;
};
absl::StatusOr<std::vector<ExtentInfo>> ReadExtents(const RowReader& rows, const VersionId& after,
                                                    size_t limit);

/// True if the history of `rows` holds this position: its index is not beyond the head, and the
/// term at that index is the same. (0, 0) is in every history.
absl::StatusOr<bool> HistoryHas(const RowReader& rows, const v1::LogPosition& position);

}  // namespace trebol::catalog
