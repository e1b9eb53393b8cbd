// The headers of an upload, as anybody may send them: what is accepted can be kept as it is, and
// what is refused is refused with a reason of S3.
#include <cstdint>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "common/base/check.h"
#include "common/base/names.h"
#include "gateway/s3/codec/copy_source.h"
#include "gateway/s3/codec/object_headers.h"
#include "gateway/s3/codec/preconditions_header.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

/// What the parser of heads lets through: tokens in lower case, of ASCII.
bool CanBeName(absl::string_view name) {
  return !name.empty() && absl::c_all_of(name, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return absl::ascii_isgraph(byte) && !absl::ascii_isupper(byte) && c != ':';
  });
}

/// Lines: "name: value".
RequestHead HeadOf(absl::string_view text) {
  RequestHead head = {"PUT", "/bucket/key", "", {}};
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::pair<absl::string_view, absl::string_view> header =
        absl::StrSplit(line, absl::MaxSplits(": ", 1));
    if (CanBeName(header.first)) head.headers.emplace_back(header.first, header.second);
  }
  return head;
}

void CheckRefusal(const absl::Status& status) {
  if (status.ok()) return;
  const S3Error error = ToS3Error(status);
  TREBOL_CHECK(error.http_status >= 400 && error.http_status <= 501);
  TREBOL_CHECK(!error.code.empty() && error.code != "InternalError" && !error.message.empty());
}

void CheckUpload(const UploadHeaders& upload) {
  const v1::PutObjectRequest::Header& header = upload.header;
  std::string encoded;
  TREBOL_CHECK(header.SerializeToString(&encoded));
  v1::PutObjectRequest::Header again;
  TREBOL_CHECK(again.ParseFromString(encoded) && IsValidUtf8(header.content_type()));
  for (const auto& [name, value] : header.user_metadata()) {
    TREBOL_CHECK(!name.empty() && IsValidUtf8(name) && IsValidUtf8(value));
  }
  for (const v1::Tag& tag : header.tags()) {
    TREBOL_CHECK(!tag.key().empty() && IsValidUtf8(tag.key()) && IsValidUtf8(tag.value()));
    TREBOL_CHECK(!absl::StartsWithIgnoreCase(tag.key(), "aws:"));
  }
  TREBOL_CHECK(header.checksums_size() <= 1);
  TREBOL_CHECK(upload.trailer_names.size() <= 1);
  TREBOL_CHECK(!upload.content_md5.has_value() || upload.content_md5->size() == 16);
  for (const absl::string_view coding : absl::StrSplit(header.headers().content_encoding(), ',')) {
    TREBOL_CHECK(!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(coding), "aws-chunked"));
  }
}

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace trebol;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const RequestHead head = HeadOf(text);
  const auto upload = ReadUploadHeaders(head);
  CheckRefusal(upload.status());
  if (upload.ok()) CheckUpload(*upload);
  CheckRefusal(WritePreconditions(head).status());
  CheckRefusal(ReadPreconditions(head, absl::UnixEpoch()).status());
  CheckRefusal(CopySourcePreconditions(head, absl::UnixEpoch()).status());
  const auto source = ParseCopySource(head.Header("x-amz-copy-source"));
  CheckRefusal(source.status());
  if (source.ok()) TREBOL_CHECK(!source->bucket.empty() && ValidateObjectKey(source->key).ok());
  return 0;
}
