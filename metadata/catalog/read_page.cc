#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>

#include <string>
#include <utility>

#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/object/object_info.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/listing.h"
#include "metadata/catalog/reads.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {
namespace {

// Encodes a page while the scan walks: it holds thousands of objects, and nobody here reads it.
class PageBuilder {
 public:
  PageBuilder(BucketId bucket, const v1::ReadPageRequest& request)
      : bucket_(bucket), request_(request), limit_(listing::LimitOf(request.limit())) {}

  ScanStep Visit(absl::string_view row_key, absl::string_view value) {
    const absl::string_view key = row_keys::NameOf(row_key);
    if (const auto folded = listing::CommonPrefix(key, request_.prefix(), request_.delimiter())) {
      if (*folded > request_.after()) {
        if (IsFull()) return ScanStep::Stop();
        AddTag(v1::ListObjectsResponse::kCommonPrefixesFieldNumber, folded->size());
        coded_.WriteRaw(folded->data(), static_cast<int>(folded->size()));
        Count(*folded, folded->size());
      }
      return ScanStep::SeekTo(row_keys::NamesAfterPrefix(Table::kObject, bucket_, *folded));
    }
    if (IsFull()) return ScanStep::Stop();
    status_ = DecodeRow(row_key, value, &row_);
    if (!status_.ok()) return ScanStep::Stop();
    row_.set_key(key.data(), key.size());
    object_.Clear();
    ToListedObject(&row_, &object_);
    object_.set_latest(true);
    AddTag(v1::ListObjectsResponse::kObjectsFieldNumber, object_.ByteSizeLong());
    object_.SerializeWithCachedSizes(&coded_);
    Count(key, key.size() + value.size());
    return ScanStep::Next();
  }

  /// Once, when the scan has ended.
  absl::StatusOr<ListedPage> Finish() {
    RETURN_IF_ERROR(status_);
    coded_.Trim();
    return ListedPage{Bytes(std::move(page_)), more_, more_ ? std::move(last_) : std::string()};
  }

 private:
  // Asked only when there is one more to add.
  bool IsFull() {
    more_ = count_ >= limit_ || bytes_ >= listing::kMaxPageBytes;
    return more_;
  }
  /// Of a field of ListObjectsResponse.
  void AddTag(int field, size_t size) {
    using google::protobuf::internal::WireFormatLite;
    coded_.WriteTag(WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED));
    coded_.WriteVarint32(static_cast<uint32_t>(size));
  }
  void Count(absl::string_view last, size_t bytes) {
    ++count_;
    bytes_ += bytes;
    last_.assign(last.data(), last.size());
  }

  const BucketId bucket_;
  const v1::ReadPageRequest& request_;
  const uint32_t limit_;
  uint32_t count_ = 0;
  size_t bytes_ = 0;
  // Of the object that is visited; their memory is used again.
  v1::ObjectRow row_;
  v1::ObjectInfo object_;
  // An encoded ListObjectsResponse.
  std::string page_;
  google::protobuf::io::StringOutputStream stream_{&page_};
  google::protobuf::io::CodedOutputStream coded_{&stream_};
  bool more_ = false;
  std::string last_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<ListedPage> ReadPage(const RowReader& rows, const v1::ReadPageRequest& request) {
  RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  ASSIGN_OR_RETURN(const auto bucket, buckets::Find(rows, request.bucket()));
  if (!bucket.has_value()) return buckets::NotFound(request.bucket());
  const BucketId id(bucket->id());
  PageBuilder builder(id, request);
  const KeyRange range = listing::Range(Table::kObject, id, request.prefix(), request.after(),
                                        /*inclusive=*/false);
  RETURN_IF_ERROR(rows.Scan(
      range.from, range.to,
      [&](absl::string_view key, absl::string_view value) { return builder.Visit(key, value); }));
  return builder.Finish();
}

}  // namespace trebol::catalog
