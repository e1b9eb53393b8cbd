#include "cli/transfer.h"

#include <variant>

#include "absl/strings/str_format.h"
#include "cli/download.h"
#include "cli/upload.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"

namespace trebol::cli {
namespace {

client::ResponseHeaders Replaced(client::ResponseHeaders headers,
                                 const client::ResponseHeaders& with) {
  for (const auto field :
       {&client::ResponseHeaders::content_encoding, &client::ResponseHeaders::content_language,
        &client::ResponseHeaders::content_disposition, &client::ResponseHeaders::cache_control,
        &client::ResponseHeaders::expires}) {
    if (!(with.*field).empty()) headers.*field = with.*field;
  }
  return headers;
}

bool Any(const client::ResponseHeaders& headers) {
  return !headers.content_encoding.empty() || !headers.content_language.empty() ||
         !headers.content_disposition.empty() || !headers.cache_control.empty() ||
         !headers.expires.empty();
}

absl::Status CopyAtTheServer(const client::Client& client, const ObjectUrl& from,
                             const ObjectUrl& to, const TransferOptions& options,
                             Progress& progress) {
  client::CopyObjectOptions copy{.source_version = options.version,
                                 .preconditions = ConditionsOf(options)};
  if (!options.content_type.empty() || !options.metadata.empty() || Any(options.headers)) {
    // What is not named stays that of the source, which must not change meanwhile.
    ASSIGN_OR_RETURN(const client::ObjectInfo info,
                     client.HeadObject(from.bucket, from.key, {.version = options.version}));
    copy.source_preconditions = client::Preconditions::IfMatch(info.etag);
    copy.replace_metadata = client::ObjectMetadata{
        .content_type = options.content_type.empty() ? info.content_type : options.content_type,
        .user_metadata = options.metadata.empty() ? info.user_metadata : options.metadata,
        .headers = Replaced(info.headers, options.headers)};
  }
  if (!options.tags.empty()) copy.replace_tags = options.tags;
  ASSIGN_OR_RETURN(const client::CopyObjectResult result,
                   client.CopyObject(from.bucket, from.key, to.bucket, to.key, copy));
  if (options.crc32c.has_value() && result.object.crc32c != *options.crc32c) {
    return MakeError(absl::StatusCode::kDataLoss, v1::CHECKSUM_MISMATCH,
                     absl::StrFormat("%s has CRC32C %08x, but what was copied has %08x",
                                     to.ToString(), result.object.crc32c, *options.crc32c));
  }
  progress.AddBytes(result.object.size);
  return absl::OkStatus();
}

}  // namespace

absl::Status Transfer(const client::Client& client, const CopyItem& item,
                      const TransferOptions& options, Progress& progress, Console& console) {
  const auto* from = std::get_if<ObjectUrl>(&item.source);
  const auto* to = std::get_if<ObjectUrl>(&item.destination);
  if (from != nullptr && to != nullptr) {
    return CopyAtTheServer(client, *from, *to, options, progress);
  }
  if (from != nullptr) {
    const auto* path = std::get_if<LocalPath>(&item.destination);
    if (path != nullptr) {
      return Download(client, *from, *path, item.size, options, progress, console);
    }
    return DownloadToStandardOutput(client, *from, options, progress, console);
  }
  if (const auto* path = std::get_if<LocalPath>(&item.source)) {
    return Upload(client, *path, *to, item.size, options, progress, console);
  }
  return UploadStandardInput(client, *to, options, progress, console.environment().in);
}

}  // namespace trebol::cli
