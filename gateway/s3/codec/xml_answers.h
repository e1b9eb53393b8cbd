#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/s3/codec/bucket_xml.h"
#include "gateway/s3/error/s3_error.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// Bodies of S3's answers about buckets and objects; listings are in list_answers.h. Pure,
/// thread-safe. Dates have milliseconds, etags have quotes, as S3 writes them.

/// Who owns a thing, as listings and access control lists name it. A value.
struct XmlOwner {
  std::string id;
  std::string display_name;
};
/// By their name; who has none is "anonymous".
XmlOwner OwnerNamed(std::string user);

/// Where an error met. A value; what is empty is not written.
struct ErrorPlace {
  std::string resource;  // the path as decoded
  std::string bucket;
  std::string key;
  std::string request_id;
  std::string host_id;
  std::string region;           // to sign for, where another was
  std::string range_requested;  // "bytes=10-", of one that is outside the object
  std::string actual_size;      // of that object
};

std::string ErrorXml(const S3Error& error, const ErrorPlace& place);

/// `prefix` and `continuation_token` as asked and to go on with; empty: not written.
std::string ListBucketsXml(const v1::ListBucketsResponse& buckets, const XmlOwner& owner,
                           absl::string_view prefix = "",
                           absl::string_view continuation_token = "");
/// us-east-1 is an empty element, as in S3.
std::string LocationXml(absl::string_view region);
/// A bucket that never had versions has an empty configuration.
std::string VersioningXml(v1::Bucket::Versioning versioning);
std::string TaggingXml(const Tags& tags);
std::string AccessControlPolicyXml(const AccessControlList& acl);
std::string CorsXml(const CorsRules& rules);

std::string CopyObjectXml(const v1::ObjectInfo& object);
std::string CopyPartXml(const v1::PartInfo& part);
/// `request` and `response` have the same entries in the same order.
std::string DeleteResultXml(const v1::DeleteObjectsRequest& request,
                            const v1::DeleteObjectsResponse& response, bool quiet);
std::string PostResponseXml(absl::string_view location, const v1::ObjectInfo& object);

/// What of an object GetObjectAttributes shall tell (x-amz-object-attributes). A value.
struct WantedAttributes {
  bool etag = false;
  bool checksum = false;
  bool object_parts = false;
  bool storage_class = false;
  bool object_size = false;
};
/// InvalidArgument for an attribute that is none, and for none at all.
absl::StatusOr<WantedAttributes> ParseWantedAttributes(absl::string_view text);

/// The page of parts in an answer. Without parts only their number is told, as S3 does of objects
/// whose parts have no checksums.
struct AttributeParts {
  uint32_t total = 0;
  uint32_t marker = 0;
  uint32_t next_marker = 0;
  uint32_t max_parts = 1000;
  bool truncated = false;
  std::vector<v1::PartInfo> parts;
};
std::string ObjectAttributesXml(const v1::ObjectInfo& object, const WantedAttributes& wanted,
                                const AttributeParts& parts);

}  // namespace trebol
