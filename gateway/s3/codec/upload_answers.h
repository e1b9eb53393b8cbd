#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "gateway/s3/codec/xml_answers.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// Bodies of S3's answers about one upload in parts. Pure, thread-safe.

std::string InitiateMultipartUploadXml(const v1::MultipartUpload& upload);

/// `location`: the object's URL.
std::string CompleteMultipartUploadXml(const v1::ObjectInfo& object, absl::string_view location);

/// What ListParts was asked, which its answer repeats. A value.
struct PartsQuestion {
  uint32_t marker = 0;
  uint32_t max_parts = 1000;
  bool url_encoded = false;
};
std::string ListPartsXml(const v1::ListPartsResponse& page, const PartsQuestion& question,
                         const XmlOwner& owner);

}  // namespace trebol
