#include "gateway/object/complete_parts.h"

#include <algorithm>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"
#include "common/checksum/hasher.h"
#include "common/object/attributes.h"
#include "common/object/part_set.h"

namespace trebol {
namespace {

constexpr size_t kMd5HexSize = 32;

using Request = v1::CompleteMultipartUploadRequest;
using Checksums = google::protobuf::RepeatedPtrField<v1::Checksum>;

absl::Status Bad(ErrorReason reason, const std::string& message) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, message);
}

const v1::Checksum* Find(const Checksums& checksums, v1::Checksum::Algorithm algorithm) {
  const auto found =
      std::find_if(checksums.begin(), checksums.end(),
                   [algorithm](const v1::Checksum& c) { return c.algorithm() == algorithm; });
  return found == checksums.end() ? nullptr : &*found;
}

// Every value that was said must be one that is known.
absl::Status Compare(const std::string& what, const Checksums& said, const Checksums& known,
                     uint32_t crc32c) {
  for (const v1::Checksum& expected : said) {
    if (expected.value().empty()) continue;
    std::string value;
    if (expected.algorithm() == v1::Checksum::CRC32C && !expected.composite()) {
      value = Crc32cValue(crc32c);
    } else if (const v1::Checksum* found = Find(known, expected.algorithm())) {
      value = found->value();
    } else {
      return Bad(v1::INVALID_CHECKSUM,
                 absl::StrCat("a ", ChecksumName(expected.algorithm()), " of ", what,
                              " was given, and the upload keeps none; name the algorithm when you "
                              "create it"));
    }
    if (value != expected.value()) {
      return Bad(v1::CHECKSUM_MISMATCH,
                 absl::StrCat(what, " has ", ChecksumName(expected.algorithm()), " ",
                              absl::BytesToHexString(value), " and ",
                              absl::BytesToHexString(expected.value()), " was announced"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckPart(const Request::Part& named, const v1::PartRow& part) {
  const std::string what = absl::StrCat("part ", named.part_number());
  if (named.etag() != part.manifest().etag()) {
    return Bad(v1::INVALID_PART,
               absl::StrCat(what, " has etag ", part.manifest().etag(), " and not '",
                            absl::CHexEscape(named.etag()),
                            "'; name the parts as they were answered when they were uploaded"));
  }
  const absl::Status same =
      Compare(what, named.checksums(), part.manifest().checksums(), part.manifest().crc32c());
  if (ReasonOf(same) != v1::CHECKSUM_MISMATCH) return same;
  return Bad(v1::INVALID_PART, std::string(same.message()));
}

/// What the upload was created with.
PartChecksums KindOf(const v1::UploadRow& upload, v1::Checksum::Algorithm algorithm) {
  const v1::Checksum* const wanted = Find(upload.manifest().checksums(), algorithm);
  return wanted != nullptr && wanted->composite() ? PartChecksums::kComposite
                                                  : PartChecksums::kOfTheWhole;
}

absl::Status CheckKind(const v1::UploadRow& upload, const PartRules& rules) {
  for (const int each : upload.checksums()) {
    const auto algorithm = static_cast<v1::Checksum::Algorithm>(each);
    if (!rules.kind.has_value() || KindOf(upload, algorithm) == *rules.kind) continue;
    return Bad(v1::INVALID_CHECKSUM,
               absl::StrCat("the upload was created with another type of ", ChecksumName(algorithm),
                            " than the one that was named"));
  }
  return absl::OkStatus();
}

/// As S3 makes it, where the parts have MD5s for etags: the MD5 of those, and how many. Else
/// opaque.
std::string EtagOf(const Request& request, const VersionId& upload) {
  Hasher md5(v1::Checksum::MD5);
  for (const Request::Part& part : request.parts()) {
    const std::string& etag = part.etag();
    if (etag.size() != kMd5HexSize || !absl::c_all_of(etag, absl::ascii_isxdigit)) {
      return absl::StrCat(ToHex(upload.session.value), "-", upload.sequence);
    }
    md5.Update(absl::HexStringToBytes(etag));
  }
  return absl::StrCat(absl::BytesToHexString(md5.Finish()), "-", request.parts_size());
}

}  // namespace

absl::Status ValidatePartList(const Request& request) {
  if (request.parts().empty()) {
    return Bad(v1::INVALID_PART, "no part was named; an object is made of one at least");
  }
  if (static_cast<uint32_t>(request.parts_size()) > kMaxParts) {
    return Bad(v1::TOO_MANY_PARTS, absl::StrCat(request.parts_size(), " parts were named; at most ",
                                                kMaxParts, " make an object"));
  }
  RETURN_IF_ERROR(ValidateChecksums(request.checksums()));
  uint32_t previous = 0;
  for (const Request::Part& part : request.parts()) {
    if (part.part_number() == 0 || part.part_number() > kMaxParts) {
      return Bad(v1::INVALID_PART, absl::StrCat("part number ", part.part_number(),
                                                " is not between 1 and ", kMaxParts));
    }
    if (part.part_number() <= previous) {
      return Bad(v1::INVALID_PART_ORDER,
                 absl::StrCat("part ", part.part_number(), " was named after part ", previous,
                              "; name the parts in ascending order"));
    }
    RETURN_IF_ERROR(ValidateChecksums(part.checksums()));
    previous = part.part_number();
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Manifest> ManifestOfParts(const Request& request, const v1::UploadRow& upload,
                                             const std::vector<v1::PartRow>& parts,
                                             const PartRules& rules) {
  RETURN_IF_ERROR(CheckKind(upload, rules));
  v1::Manifest manifest;
  *manifest.mutable_version() = upload.upload();
  uint64_t size = 0;
  uint32_t crc32c = 0;
  std::string set;
  std::vector<std::vector<PartChecksum>> sums(static_cast<size_t>(upload.checksums_size()));
  const v1::PartRow* small = nullptr;
  auto part = parts.begin();
  for (const Request::Part& named : request.parts()) {
    while (part != parts.end() && part->number() < named.part_number()) ++part;
    if (part == parts.end() || part->number() != named.part_number()) {
      return Bad(v1::INVALID_PART,
                 absl::StrCat("part ", named.part_number(), " was named and never uploaded"));
    }
    RETURN_IF_ERROR(CheckPart(named, *part));
    const v1::Manifest& of_part = part->manifest();
    if (size + of_part.size() > kMaxObjectSize) {
      return Bad(v1::OBJECT_TOO_LARGE, absl::StrCat("the parts have more than ", kMaxObjectSize,
                                                    " bytes, the most of an object"));
    }
    const bool last = named.part_number() == request.parts().rbegin()->part_number();
    if (!last && small == nullptr && of_part.size() < rules.least_size) small = &*part;
    size += of_part.size();
    crc32c = CombineCrc32c(crc32c, of_part.crc32c(), of_part.size());
    AddPart(named.part_number(), &set);
    for (int i = 0; i < upload.checksums_size(); ++i) {
      const auto algorithm = static_cast<v1::Checksum::Algorithm>(upload.checksums(i));
      const v1::Checksum* value = Find(of_part.checksums(), algorithm);
      if (KindOf(upload, algorithm) == PartChecksums::kComposite &&
          Find(named.checksums(), algorithm) == nullptr) {
        return Bad(v1::INVALID_CHECKSUM,
                   absl::StrCat("the upload was created with a composite ", ChecksumName(algorithm),
                                ", so the checksum of each part must be named, and that of part ",
                                named.part_number(), " was not"));
      }
      if (value == nullptr && algorithm != v1::Checksum::CRC32C) continue;
      sums[static_cast<size_t>(i)].push_back(
          {of_part.size(), value != nullptr ? value->value() : Crc32cValue(of_part.crc32c())});
    }
    manifest.set_chunk_size(of_part.chunk_size());
  }
  if (small != nullptr) {
    return Bad(v1::PART_TOO_SMALL,
               absl::StrCat("your proposed upload is smaller than the minimum allowed size: part ",
                            small->number(), " has ", small->manifest().size(),
                            " bytes, and all but the last need ", rules.least_size));
  }
  for (int i = 0; i < upload.checksums_size(); ++i) {
    const auto algorithm = static_cast<v1::Checksum::Algorithm>(upload.checksums(i));
    *manifest.add_checksums() =
        OfParts(algorithm, sums[static_cast<size_t>(i)], KindOf(upload, algorithm));
  }
  if (request.has_size() && request.size() != size) {
    return Bad(v1::BODY_LENGTH_MISMATCH, absl::StrCat("the parts have ", size, " bytes and ",
                                                      request.size(), " were announced"));
  }
  RETURN_IF_ERROR(Compare("the object", request.checksums(), manifest.checksums(), crc32c));
  manifest.set_size(size);
  manifest.set_crc32c(crc32c);
  manifest.set_parts(std::move(set));
  manifest.set_etag(EtagOf(request, VersionIdOf(upload.upload())));
  return manifest;
}

}  // namespace trebol
