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

// Fills a page while the scan walks.
class PageBuilder {
 public:
  PageBuilder(BucketId bucket, const v1::ReadPageRequest& request, v1::ReadPageResponse* page)
      : bucket_(bucket),
        request_(request),
        page_(*page),
        limit_(listing::LimitOf(request.limit())) {}

  ScanStep Visit(absl::string_view row_key, absl::string_view value) {
    const absl::string_view key = row_keys::NameOf(row_key);
    if (const auto folded = listing::CommonPrefix(key, request_.prefix(), request_.delimiter())) {
      if (*folded > request_.after()) {
        if (IsFull()) return ScanStep::Stop();
        page_.mutable_page()->add_common_prefixes(std::string(*folded));
        Count(*folded, folded->size());
      }
      return ScanStep::SeekTo(row_keys::NamesAfterPrefix(Table::kObject, bucket_, *folded));
    }
    if (IsFull()) return ScanStep::Stop();
    status_ = DecodeRow(row_key, value, &row_);
    if (!status_.ok()) return ScanStep::Stop();
    row_.set_key(key.data(), key.size());
    v1::ObjectInfo& object = *page_.mutable_page()->add_objects();
    ToListedObject(&row_, &object);
    object.set_latest(true);
    Count(key, key.size() + value.size());
    return ScanStep::Next();
  }

  const absl::Status& status() const { return status_; }

 private:
  // Asked only when there is one more to add.
  bool IsFull() {
    const bool full = count_ >= limit_ || bytes_ >= listing::kMaxPageBytes;
    if (full) {
      page_.set_more(true);
      page_.set_next_after(last_);
    }
    return full;
  }
  void Count(absl::string_view last, size_t bytes) {
    ++count_;
    bytes_ += bytes;
    last_.assign(last.data(), last.size());
  }

  const BucketId bucket_;
  const v1::ReadPageRequest& request_;
  v1::ReadPageResponse& page_;
  const uint32_t limit_;
  uint32_t count_ = 0;
  size_t bytes_ = 0;
  v1::ObjectRow row_;  // of the object that is visited; its memory is used again
  std::string last_;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<v1::ReadPageResponse> ReadPage(const RowReader& rows,
                                              const v1::ReadPageRequest& request) {
  v1::ReadPageResponse page;
  RETURN_IF_ERROR(ReadPage(rows, request, &page));
  return page;
}

absl::Status ReadPage(const RowReader& rows, const v1::ReadPageRequest& request,
                      v1::ReadPageResponse* page) {
  RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  ASSIGN_OR_RETURN(const auto bucket, buckets::Find(rows, request.bucket()));
  if (!bucket.has_value()) return buckets::NotFound(request.bucket());
  const BucketId id(bucket->id());
  PageBuilder builder(id, request, page);
  const KeyRange range = listing::Range(Table::kObject, id, request.prefix(), request.after(),
                                        /*inclusive=*/false);
  RETURN_IF_ERROR(rows.Scan(
      range.from, range.to,
      [&](absl::string_view key, absl::string_view value) { return builder.Visit(key, value); }));
  RETURN_IF_ERROR(builder.status());
  ASSIGN_OR_RETURN(*page->mutable_head(), ReadHead(rows));
  return absl::OkStatus();
}

}  // namespace trebol::catalog
