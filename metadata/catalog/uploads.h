#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/ids.h"
#include "metadata/state/apply_context.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/rows.pb.h"

/// Unfinished multipart uploads, and the parts of those and of completed ones.
namespace trebol::catalog::uploads {

/// An unfinished one, with key and id.
absl::StatusOr<std::optional<v1::UploadRow>> Find(const RowReader& rows, BucketId bucket,
                                                  absl::string_view key, const VersionId& upload);
absl::Status Save(Transaction& rows, BucketId bucket, v1::UploadRow row);
absl::Status Remove(Transaction& rows, BucketId bucket, absl::string_view key,
                    const VersionId& upload);

/// Where one is.
struct Place {
  std::string key;
  VersionId upload;
};
/// Of a bucket, the first `most`.
absl::StatusOr<std::vector<Place>> OfBucket(const RowReader& rows, BucketId bucket, size_t most);

/// Takes one away whose parts become garbage: no object named them, so no reader is waited for.
absl::Status Abort(Transaction& rows, BucketId bucket, absl::string_view key,
                   const VersionId& upload, const ApplyContext& context);

/// What a completed one became, while its bytes are there.
absl::StatusOr<std::optional<v1::CompletedUploadRow>> FindCompleted(const RowReader& rows,
                                                                    BucketId bucket,
                                                                    absl::string_view key,
                                                                    const VersionId& upload);
absl::Status SaveCompleted(Transaction& rows, const VersionId& upload, BucketId bucket,
                           const v1::ObjectRow& object);

/// With its number.
absl::StatusOr<std::optional<v1::PartRow>> FindPart(const RowReader& rows, const VersionId& upload,
                                                    uint32_t number);
absl::Status SavePart(Transaction& rows, const VersionId& upload, v1::PartRow part);

/// UPLOAD_NOT_FOUND.
absl::Status NotFound(absl::string_view key, const VersionId& upload);

}  // namespace trebol::catalog::uploads
