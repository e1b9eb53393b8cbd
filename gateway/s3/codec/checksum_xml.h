#pragma once

#include <cstdint>

#include "gateway/s3/codec/xml_writer.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

using Checksums = google::protobuf::RepeatedPtrField<v1::Checksum>;

/// Elements of answers. Checksums that S3 does not have (MD5) are left out.

bool HasChecksums(const Checksums& checksums);
/// <ChecksumCRC32> and the like; `parts` as ChecksumText.
void WriteChecksums(const Checksums& checksums, uint32_t parts, XmlWriter* xml);
/// <ChecksumType>, where there is a checksum.
void WriteChecksumType(const Checksums& checksums, XmlWriter* xml);
/// <ChecksumAlgorithm> of each, as in listings.
void WriteChecksumAlgorithms(const Checksums& checksums, XmlWriter* xml);
/// <ChecksumAlgorithm> and <ChecksumType> of an upload that was created with one.
void WriteChecksumsOf(const v1::MultipartUpload& upload, XmlWriter* xml);

}  // namespace trebol
