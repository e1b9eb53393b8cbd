#include "common/object/attributes.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

constexpr absl::string_view kDefaultContentType = "application/octet-stream";

absl::Status Refuse(ErrorReason reason, absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, message);
}

// What goes into a header line: no control character can end it early.
absl::Status ValidateHeader(absl::string_view name, absl::string_view value, size_t most) {
  if (value.size() > most) {
    return Refuse(v1::INVALID_ARGUMENT, absl::StrCat("the ", name, " has ", value.size(),
                                                     " bytes; at most ", most, " are allowed"));
  }
  const bool bad = !IsValidUtf8(value) || std::any_of(value.begin(), value.end(), [](char c) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(c));
  });
  if (bad) {
    return Refuse(v1::INVALID_ARGUMENT, absl::StrCat("the ", name, " '", absl::CHexEscape(value),
                                                     "' has a control character; leave it out"));
  }
  return absl::OkStatus();
}

absl::Status ValidateUserMetadata(const v1::Manifest& manifest) {
  size_t size = 0;
  const std::string* previous = nullptr;
  for (const v1::NameValue& pair : manifest.user_metadata()) {
    size += pair.name().size() + pair.value().size();
    if (pair.name().empty() || (previous != nullptr && *previous >= pair.name())) {
      return Refuse(v1::INVALID_ARGUMENT,
                    absl::StrCat("user metadata must have distinct names in order, and '",
                                 absl::CHexEscape(pair.name()), "' is out of it"));
    }
    previous = &pair.name();
  }
  if (size > kMaxUserMetadataSize) {
    return Refuse(
        v1::USER_METADATA_TOO_LARGE,
        absl::StrCat("the user metadata has ", size, " bytes, names and values together; ",
                     "at most ", kMaxUserMetadataSize, " are allowed"));
  }
  return absl::OkStatus();
}

}  // namespace

void SetAttributes(const std::string& content_type,
                   const google::protobuf::Map<std::string, std::string>& user_metadata,
                   const v1::ResponseHeaders* headers, v1::Manifest* manifest) {
  manifest->set_content_type(content_type.empty() ? std::string(kDefaultContentType)
                                                  : content_type);
  manifest->clear_user_metadata();
  for (const auto& [name, value] : user_metadata) {
    v1::NameValue* entry = manifest->add_user_metadata();
    entry->set_name(name);
    entry->set_value(value);
  }
  std::sort(manifest->mutable_user_metadata()->begin(), manifest->mutable_user_metadata()->end(),
            [](const auto& a, const auto& b) { return a.name() < b.name(); });
  manifest->clear_headers();
  if (headers != nullptr && headers->ByteSizeLong() > 0) *manifest->mutable_headers() = *headers;
}

absl::Status ValidateAttributes(const v1::Manifest& manifest) {
  RETURN_IF_ERROR(ValidateHeader("content type", manifest.content_type(), kMaxContentTypeSize));
  const v1::ResponseHeaders& headers = manifest.headers();
  for (const auto& [name, value] : {std::pair<absl::string_view, absl::string_view>{
                                        "content encoding", headers.content_encoding()},
                                    {"content language", headers.content_language()},
                                    {"content disposition", headers.content_disposition()},
                                    {"cache control", headers.cache_control()},
                                    {"expires", headers.expires()}}) {
    RETURN_IF_ERROR(ValidateHeader(name, value, kMaxHeaderSize));
  }
  return ValidateUserMetadata(manifest);
}

size_t ChecksumLength(v1::Checksum::Algorithm algorithm) {
  switch (algorithm) {
    case v1::Checksum::CRC32C:
    case v1::Checksum::CRC32:
      return 4;
    case v1::Checksum::CRC64NVME:
      return 8;
    case v1::Checksum::SHA1:
      return 20;
    case v1::Checksum::SHA256:
      return 32;
    case v1::Checksum::MD5:
      return 16;
    default:
      return 0;
  }
}

absl::Status ValidateChecksums(const google::protobuf::RepeatedPtrField<v1::Checksum>& checksums) {
  std::set<int> seen;
  for (const v1::Checksum& checksum : checksums) {
    const size_t length = ChecksumLength(checksum.algorithm());
    if (length == 0) {
      return Refuse(v1::INVALID_CHECKSUM,
                    absl::StrCat("there is no checksum algorithm ", checksum.algorithm(),
                                 "; CRC32C, CRC32, CRC64NVME, SHA1, SHA256 and MD5 are known"));
    }
    const std::string name = v1::Checksum::Algorithm_Name(checksum.algorithm());
    if (!seen.insert(checksum.algorithm()).second) {
      return Refuse(v1::INVALID_CHECKSUM, absl::StrCat("the checksum ", name, " was named twice"));
    }
    if (!checksum.value().empty() && checksum.value().size() != length) {
      return Refuse(v1::INVALID_CHECKSUM, absl::StrCat("a ", name, " of ", checksum.value().size(),
                                                       " bytes was given; it has ", length));
    }
  }
  return absl::OkStatus();
}

}  // namespace trebol
