#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

// One line of the listing. Lines sort by key, then the newest first.
struct Item {
  std::string key;  // or the common prefix
  uint64_t order = 0;
  std::optional<v1::ObjectRow> row;  // nothing: a common prefix

  bool operator<(const Item& other) const {
    return key != other.key ? key < other.key : order > other.order;
  }
};

// What one table has for the page: its items in order, and whether there are more behind the last.
struct Part {
  std::vector<Item> items;
  bool cut = false;
};

class PartBuilder {
 public:
  PartBuilder(Table table, BucketId bucket, const v1::ReadVersionsRequest& request, uint32_t limit)
      : table_(table), bucket_(bucket), request_(request), limit_(limit) {}

  absl::StatusOr<Part> Read(const RowReader& rows) {
    const KeyRange range = listing::Range(table_, bucket_, request_.prefix(), request_.after(),
                                          /*inclusive=*/request_.after_order() != 0);
    RETURN_IF_ERROR(rows.Scan(
        range.from, range.to,
        [&](absl::string_view key, absl::string_view value) { return Visit(key, value); }));
    RETURN_IF_ERROR(decoded_);
    return std::move(part_);
  }

 private:
  ScanStep Visit(absl::string_view row_key, absl::string_view value) {
    const absl::string_view key = row_keys::NameOf(row_key);
    if (const auto folded = listing::CommonPrefix(key, request_.prefix(), request_.delimiter())) {
      if (*folded > request_.after()) {
        if (IsFull()) return ScanStep::Stop();
        part_.items.push_back({std::string(*folded), 0, std::nullopt});
        bytes_ += folded->size();
      }
      return ScanStep::SeekTo(row_keys::NamesAfterPrefix(table_, bucket_, *folded));
    }
    v1::ObjectRow row;
    decoded_ = DecodeRow(row_key, value, &row);
    if (!decoded_.ok()) return ScanStep::Stop();
    if (key == request_.after() && row.order() >= request_.after_order()) {
      // The page before has it. Of many versions the next is found at once.
      if (table_ != Table::kVersion || request_.after_order() <= 1) return ScanStep::Next();
      const std::string next = row_keys::Version(bucket_, key, request_.after_order() - 1);
      return next > row_key ? ScanStep::SeekTo(next) : ScanStep::Next();
    }
    if (IsFull()) return ScanStep::Stop();
    row.set_key(std::string(key));
    bytes_ += key.size() + value.size();
    part_.items.push_back({std::string(key), row.order(), std::move(row)});
    return ScanStep::Next();
  }

  bool IsFull() {
    part_.cut = part_.items.size() >= limit_ || bytes_ >= listing::kMaxPageBytes;
    return part_.cut;
  }

  const Table table_;
  const BucketId bucket_;
  const v1::ReadVersionsRequest& request_;
  const uint32_t limit_;
  Part part_;
  size_t bytes_ = 0;
  absl::Status decoded_;
};

// Both in order. What lies behind the end of a part that was cut is left for the next page: the
// table may have something before it.
Part Merge(Part objects, Part versions) {
  Part merged;
  std::merge(std::make_move_iterator(objects.items.begin()),
             std::make_move_iterator(objects.items.end()),
             std::make_move_iterator(versions.items.begin()),
             std::make_move_iterator(versions.items.end()), std::back_inserter(merged.items));
  const auto same_prefix = [](const Item& a, const Item& b) {
    return !a.row.has_value() && !b.row.has_value() && a.key == b.key;
  };
  merged.items.erase(std::unique(merged.items.begin(), merged.items.end(), same_prefix),
                     merged.items.end());
  return merged;
}

std::optional<Item> LastOfCut(const Part& part) {
  if (!part.cut) return std::nullopt;
  return Item{part.items.back().key, part.items.back().order, std::nullopt};
}

}  // namespace

absl::StatusOr<v1::ReadVersionsResponse> ReadVersions(const RowReader& rows,
                                                      const v1::ReadVersionsRequest& request) {
  RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  ASSIGN_OR_RETURN(const auto bucket, buckets::Find(rows, request.bucket()));
  if (!bucket.has_value()) return buckets::NotFound(request.bucket());
  const BucketId id(bucket->id());
  const uint32_t limit = listing::LimitOf(request.limit());
  ASSIGN_OR_RETURN(Part objects, PartBuilder(Table::kObject, id, request, limit).Read(rows));
  ASSIGN_OR_RETURN(Part versions, PartBuilder(Table::kVersion, id, request, limit).Read(rows));
  const auto objects_end = LastOfCut(objects);
  const auto versions_end = LastOfCut(versions);

  v1::ReadVersionsResponse page;
  // The first that a page shows of a key is the latest, unless the page before showed newer ones.
  std::string previous = request.after_order() != 0 ? request.after() : std::string();
  uint32_t count = 0;
  for (Item& item : Merge(std::move(objects), std::move(versions)).items) {
    const bool behind = (objects_end.has_value() && *objects_end < item) ||
                        (versions_end.has_value() && *versions_end < item);
    if (behind || count == limit) {
      page.set_more(true);
      break;
    }
    ++count;
    page.set_next_after(item.key);
    page.set_next_after_order(item.order);
    if (!item.row.has_value()) {
      page.mutable_page()->add_common_prefixes(std::move(item.key));
      continue;
    }
    v1::ObjectInfo& version = *page.mutable_page()->add_versions();
    ToListedObject(&*item.row, &version);
    version.set_latest(version.key() != previous);
    previous = version.key();
  }
  page.set_more(page.more() || objects_end.has_value() || versions_end.has_value());
  if (!page.more()) {
    page.clear_next_after();
    page.clear_next_after_order();
  }
  ASSIGN_OR_RETURN(*page.mutable_head(), ReadHead(rows));
  return page;
}

}  // namespace trebol::catalog
