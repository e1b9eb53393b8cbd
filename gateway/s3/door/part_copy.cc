#include "gateway/s3/door/part_copy.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "gateway/s3/codec/byte_range.h"
#include "gateway/s3/door/copy_question.h"
#include "gateway/s3/door/read_aside.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

/// Of one version of the source, exactly these bytes.
struct Stretch {
  v1::GetObjectRequest get;
  uint64_t length = 0;
  std::string version;
};

Task<Stretch> FindStretch(S3RequestPtr request, CopyFrom from) {
  v1::HeadObjectRequest head;
  head.set_bucket(from.bucket);
  head.set_key(from.key);
  head.set_version(from.version);
  *head.mutable_preconditions() = from.preconditions;
  const absl::StatusOr<v1::ObjectInfo> found =
      co_await request->operations().get->Head(request->context, head);
  CO_RETURN_IF_ERROR(AboutCopySource(found.status()));
  const v1::ObjectInfo& info = *found;
  Stretch stretch;
  stretch.get.set_bucket(from.bucket);
  stretch.get.set_key(from.key);
  stretch.get.set_version(info.version());
  stretch.length = info.size();
  if (from.versioned) stretch.version = info.null_version() ? "null" : info.version();
  const absl::string_view text = request->head().Header("x-amz-copy-source-range");
  if (!text.empty()) {
    CO_ASSIGN_OR_RETURN(const v1::ByteRange range, ParseCopySourceRange(text));
    // A length of 0 is one that no number holds.
    const bool within = range.length() > 0 && range.offset() < info.size() &&
                        range.length() <= info.size() - range.offset();
    if (!within) {
      co_return MakeError(absl::StatusCode::kOutOfRange, v1::INVALID_RANGE,
                          absl::StrCat("the range specified is not valid for a source object of ",
                                       info.size(), " bytes"));
    }
    *stretch.get.mutable_range() = range;
    stretch.length = range.length();
  }
  if (stretch.length > kMaxPartSize) {
    co_return S3Only(400, "InvalidRequest",
                     absl::StrCat("the source is larger than the maximum allowable size of a "
                                  "part, ",
                                  kMaxPartSize, " bytes; name a range of it"));
  }
  co_return stretch;
}

}  // namespace

Task<PartCopied> CopyPart(S3RequestPtr request, std::string upload_id) {
  CO_ASSIGN_OR_RETURN(const uint32_t number,
                      ParsePartNumber(request->target.query.Get("partNumber")));
  CO_ASSIGN_OR_RETURN(CopyFrom from, co_await ReadCopySource(request));
  CO_ASSIGN_OR_RETURN(Stretch stretch, co_await FindStretch(request, std::move(from)));
  UploadPart::Header header;
  header.set_bucket(request->target.bucket);
  header.set_key(request->target.key);
  header.set_upload_id(std::move(upload_id));
  header.set_part_number(number);
  header.set_content_length(stretch.length);
  const auto pipe = ReadAside(request, std::move(stretch.get));
  auto part = co_await request->operations().part->Run(
      request->context, std::move(header), pipe->reader(), request->services->EtagOf(std::nullopt));
  pipe->CloseReading();
  CO_RETURN_IF_ERROR(part.status());
  co_return PartCopied{*std::move(part), std::move(stretch.version)};
}

}  // namespace trebol
