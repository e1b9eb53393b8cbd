#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/base/ids.h"
#include "metadata/state/transaction.h"

namespace trebol::catalog {

/// Who names the bytes of some versions. No row leads from bytes to names, so this walks over the
/// rows of parts, objects, older versions and unfinished uploads, a bounded number at a step: only
/// for when something is wrong. Of several names the first in order is found; what changes while
/// it walks may be missed.
///
/// Not thread-safe. Errors are those of the rows.
class NameSearch {
 public:
  struct Name {
    std::string bucket;
    std::string key;
    uint32_t part = 0;        // the bytes are a part of a multipart upload; 0: they are not
    bool unfinished = false;  // nobody completed that upload yet
  };

  explicit NameSearch(absl::Span<const VersionId> versions);

  /// Looks at `rows` for at most about `limit` rows more. True when nothing is left to be found.
  absl::StatusOr<bool> Step(const RowReader& rows, size_t limit);

  const absl::flat_hash_map<VersionId, Name>& names() const { return names_; }

 private:
  struct Part {
    VersionId version;
    uint32_t number = 0;
  };

  absl::Status Visit(const RowReader& rows, absl::string_view key, absl::string_view value);
  /// Bytes, or an upload, that were looked for have this name.
  absl::Status Found(const RowReader& rows, const VersionId& data, absl::string_view row_key);
  absl::StatusOr<std::string> BucketName(const RowReader& rows, BucketId bucket) const;

  absl::flat_hash_set<VersionId> sought_;
  absl::flat_hash_map<VersionId, std::vector<Part>> parts_;  // that are sought, by upload
  absl::flat_hash_map<VersionId, Name> names_;
  size_t table_ = 0;   // of kTables
  std::string after_;  // in it: the key of the last row that was looked at
};

}  // namespace trebol::catalog
