#include "gateway/object/upload_part.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/names.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/checksum/hasher.h"
#include "common/object/attributes.h"
#include "common/object/object_info.h"
#include "common/object/version_ref.h"

namespace trebol {
namespace {

absl::Status Validate(const UploadPart::Header& header) {
  RETURN_IF_ERROR(ValidateBucketName(header.bucket()));
  RETURN_IF_ERROR(ValidateObjectKey(header.key()));
  if (header.part_number() == 0 || header.part_number() > kMaxParts) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, v1::INVALID_PART,
        absl::StrCat("part number ", header.part_number(), " is not between 1 and ", kMaxParts));
  }
  return ValidateChecksums(header.checksums());
}

BodyStore::Announced AnnouncedBy(const UploadPart::Header& header, const v1::UploadRow& upload) {
  BodyStore::Announced announced{
      .name = absl::StrCat("part ", header.part_number(), " of ", header.key()),
      .most = kMaxPartSize};
  if (header.has_content_length()) announced.length = header.content_length();
  if (header.has_crc32c()) announced.crc32c = header.crc32c();
  announced.checksums = header.checksums();
  for (const int algorithm : upload.checksums()) {
    const auto named = [algorithm](const v1::Checksum& c) { return c.algorithm() == algorithm; };
    if (std::any_of(header.checksums().begin(), header.checksums().end(), named)) continue;
    announced.checksums.Add()->set_algorithm(static_cast<v1::Checksum::Algorithm>(algorithm));
  }
  return announced;
}

// An upload that keeps checksums keeps those alone.
absl::Status CheckChecksums(const UploadPart::Header& header, const v1::UploadRow& upload) {
  if (upload.checksums().empty()) return absl::OkStatus();
  for (const v1::Checksum& given : header.checksums()) {
    if (absl::c_linear_search(upload.checksums(), static_cast<int>(given.algorithm()))) continue;
    const auto kept = static_cast<v1::Checksum::Algorithm>(upload.checksums(0));
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_CHECKSUM,
                     absl::StrCat("Checksum Type mismatch occurred, expected checksum Type: ",
                                  ChecksumName(kept),
                                  ", actual checksum Type: ", ChecksumName(given.algorithm())));
  }
  return absl::OkStatus();
}

}  // namespace

Task<v1::PartInfo> UploadPart::Run(RequestContextPtr context, Header header, BodyReaderPtr body,
                                   std::optional<Md5Etag> md5_etag) {
  CO_RETURN_IF_ERROR(Validate(header));
  CO_ASSIGN_OR_RETURN(const VersionId id, ParseUploadId(header.upload_id()));
  v1::LookupUploadRequest lookup;
  lookup.set_bucket(header.bucket());
  lookup.set_key(header.key());
  *lookup.mutable_upload() = ToProto(id);
  CO_ASSIGN_OR_RETURN(const v1::LookupUploadResponse found,
                      co_await metadata_->LookupUpload(context, lookup));
  if (!found.has_upload()) {
    co_return MakeError(absl::StatusCode::kNotFound, v1::UPLOAD_NOT_FOUND,
                        absl::StrCat("the multipart upload ", header.upload_id(),
                                     " was completed; create another for another object"));
  }
  CO_RETURN_IF_ERROR(CheckChecksums(header, found.upload()));
  auto make = [&](const v1::OperationId& operation, v1::Manifest manifest) {
    v1::Command command;
    v1::PutPartCommand& put = *command.mutable_put_part();
    *put.mutable_operation() = operation;
    put.set_bucket(header.bucket());
    put.set_key(header.key());
    *put.mutable_upload() = lookup.upload();
    put.set_number(header.part_number());
    *put.mutable_manifest() = std::move(manifest);
    return command;
  };
  BodyStore::Announced announced = AnnouncedBy(header, found.upload());
  announced.md5_etag = std::move(md5_etag);
  CO_ASSIGN_OR_RETURN(const v1::Outcome outcome,
                      co_await store_->Run(context, std::move(announced), header.operation(),
                                           std::move(body), make));
  co_return ToPartInfo(outcome.part().part());
}

}  // namespace trebol
