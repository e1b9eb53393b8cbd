#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/http/request_head.h"

namespace trebol {

/// The parameters of a query, decoded, in the order in which they stand; no name twice. A value.
class QueryParameters {
 public:
  /// '+' is a blank. A parameter without '=' has an empty value; nothing between two '&' is none.
  /// InvalidURI for a malformed escape or what is not UTF-8, InvalidArgument for a name that comes
  /// twice: S3 refuses it where it matters, and we everywhere, since two readers could take either.
  static absl::StatusOr<QueryParameters> Parse(absl::string_view query);

  bool Has(absl::string_view name) const;
  /// Empty where there is none.
  absl::string_view Get(absl::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }

 private:
  std::vector<std::pair<std::string, std::string>> all_;
};

/// What a request is about. A value.
struct RequestTarget {
  std::string bucket;  // empty: the service
  std::string key;     // empty: the bucket
  QueryParameters query;
  bool virtual_hosted = false;  // the bucket came from Host
};

/// `domains`: of the service, lower-case, without ports; under each of them buckets are hosts
/// (bucket.domain), at each the first segment of the path is the bucket, as for any other Host. The
/// longest that fits counts.
///
/// The path is decoded once and taken apart after that, so that %2F is '/', as signatures have it;
/// '+' is itself, and nothing is normalised: "//", "." and ".." are parts of keys. InvalidURI for a
/// path that is malformed or not UTF-8, KeyTooLongError, INVALID_OBJECT_KEY for NUL. The bucket's
/// name is left to operations to judge. Pure, thread-safe.
absl::StatusOr<RequestTarget> ParseRequestTarget(const RequestHead& head,
                                                 const std::vector<std::string>& domains);

}  // namespace trebol
