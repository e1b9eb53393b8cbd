#include "metadata/catalog/listing.h"

#include <algorithm>

namespace trebol::catalog::listing {

uint32_t LimitOf(uint32_t asked) {
  return std::min(asked == 0 ? kDefaultPageSize : asked, kMaxPageSize);
}

std::optional<absl::string_view> CommonPrefix(absl::string_view key, absl::string_view prefix,
                                              absl::string_view delimiter) {
  if (delimiter.empty()) return std::nullopt;
  const size_t at = key.find(delimiter, prefix.size());
  if (at == absl::string_view::npos) return std::nullopt;
  return key.substr(0, at + delimiter.size());
}

KeyRange Range(Table table, BucketId bucket, absl::string_view prefix, absl::string_view after,
               bool inclusive) {
  std::string from = row_keys::NamesFrom(table, bucket, prefix);
  if (!after.empty()) {
    from = std::max(from, inclusive ? row_keys::NamesFrom(table, bucket, after)
                                    : row_keys::NamesAfter(table, bucket, after));
  }
  return {std::move(from), row_keys::NamesAfterPrefix(table, bucket, prefix)};
}

}  // namespace trebol::catalog::listing
