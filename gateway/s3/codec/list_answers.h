#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "gateway/s3/codec/xml_answers.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// Bodies of S3's listings. Pure, thread-safe. A page of 1,000 keys costs well under a millisecond.

/// What the request asked, which its answer repeats. A value.
struct ListingQuestion {
  std::string bucket;
  std::string prefix;
  std::string delimiter;
  uint32_t max_keys = 1000;  // of uploads max-uploads
  bool url_encoded = false;  // encoding-type=url: keys, prefixes, delimiters and markers
  std::string marker;        // of ListObjects and of uploads and versions: marker, key-marker
  std::string id_marker;     // version-id-marker, upload-id-marker
  // Of version 2.
  std::string start_after;
  std::string continuation_token;
  bool has_continuation_token = false;
  bool fetch_owner = false;
};

/// ListObjects, version 1, whose entries always name the owner. `next_marker`: the last key or
/// prefix of a page that is not the last; S3 writes it only where there is a delimiter. Empty: the
/// last page.
std::string ListObjectsXml(const ListingQuestion& question, const v1::ListObjectsResponse& page,
                           const XmlOwner& owner, const std::string& next_marker);

/// ListObjectsV2. `next_token`: for continuation-token; empty: the last page.
std::string ListObjectsV2Xml(const ListingQuestion& question, const v1::ListObjectsResponse& page,
                             const XmlOwner& owner, const std::string& next_token);

/// `next_marker` and `next_id_marker` (a version; empty after a prefix); both empty: the last page.
std::string ListVersionsXml(const ListingQuestion& question,
                            const v1::ListObjectVersionsResponse& page, const XmlOwner& owner,
                            const std::string& next_marker, const std::string& next_id_marker);

std::string ListMultipartUploadsXml(const ListingQuestion& question,
                                    const v1::ListMultipartUploadsResponse& page,
                                    const XmlOwner& owner, const std::string& next_marker,
                                    const std::string& next_id_marker);

}  // namespace trebol
