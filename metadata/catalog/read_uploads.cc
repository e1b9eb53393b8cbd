#include <string>
#include <utility>

#include "common/base/names.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/listing.h"
#include "metadata/catalog/reads.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {

absl::StatusOr<v1::ReadUploadsResponse> ReadUploads(const RowReader& rows,
                                                    const v1::ReadUploadsRequest& request) {
  RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  ASSIGN_OR_RETURN(const auto bucket, buckets::Find(rows, request.bucket()));
  if (!bucket.has_value()) return buckets::NotFound(request.bucket());
  const BucketId id(bucket->id());
  const uint32_t limit = listing::LimitOf(request.limit());
  const VersionId after_upload = VersionIdOf(request.after_upload());

  v1::ReadUploadsResponse page;
  uint32_t count = 0;
  size_t bytes = 0;
  absl::Status decoded;
  const auto is_full = [&] {
    page.set_more(count >= limit || bytes >= listing::kMaxPageBytes);
    return page.more();
  };
  const KeyRange range = listing::Range(Table::kUpload, id, request.prefix(), request.after(),
                                        /*inclusive=*/request.has_after_upload());
  RETURN_IF_ERROR(
      rows.Scan(range.from, range.to, [&](absl::string_view row_key, absl::string_view value) {
        const absl::string_view key = row_keys::NameOf(row_key);
        if (const auto folded = listing::CommonPrefix(key, request.prefix(), request.delimiter())) {
          if (*folded > request.after()) {
            if (is_full()) return ScanStep::Stop();
            page.add_common_prefixes(std::string(*folded));
            page.set_next_after(std::string(*folded));
            page.clear_next_after_upload();
            ++count;
            bytes += folded->size();
          }
          return ScanStep::SeekTo(row_keys::NamesAfterPrefix(Table::kUpload, id, *folded));
        }
        const VersionId upload = row_keys::UploadOf(row_key);
        if (key == request.after() && upload <= after_upload) return ScanStep::Next();
        if (is_full()) return ScanStep::Stop();
        v1::UploadRow& row = *page.add_uploads();
        decoded = DecodeRow(row_key, value, &row);
        if (!decoded.ok()) return ScanStep::Stop();
        row.set_key(std::string(key));
        *row.mutable_upload() = ToProto(upload);
        page.set_next_after(std::string(key));
        *page.mutable_next_after_upload() = row.upload();
        ++count;
        bytes += key.size() + value.size();
        return ScanStep::Next();
      }));
  RETURN_IF_ERROR(decoded);
  if (!page.more()) {
    page.clear_next_after();
    page.clear_next_after_upload();
  }
  ASSIGN_OR_RETURN(*page.mutable_head(), ReadHead(rows));
  return page;
}

}  // namespace trebol::catalog
