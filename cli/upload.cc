#include "cli/upload.h"

#include <istream>
#include <string>

#include "absl/strings/str_cat.h"
#include "cli/content_type.h"
#include "cli/interrupted_copy.h"
#include "common/base/status_macros.h"

namespace trebol::cli {
namespace {

/// The latest unfinished multipart upload of this key; empty if there is none.
absl::StatusOr<std::string> UnfinishedUpload(const client::Client& client, const ObjectUrl& url) {
  client::MultipartUpload latest;
  RETURN_IF_ERROR(client.ForEachPage({.bucket = url.bucket, .prefix = url.key},
                                     [&](const client::ListMultipartUploadsPage& page) {
                                       for (const client::MultipartUpload& upload : page.uploads) {
                                         if (upload.key != url.key) continue;
                                         if (upload.initiated >= latest.initiated) latest = upload;
                                       }
                                       return absl::OkStatus();
                                     }));
  return latest.upload_id;
}

}  // namespace

client::Preconditions ConditionsOf(const TransferOptions& options) {
  client::Preconditions conditions = options.preconditions;
  if (options.keep_existing) conditions.if_none_match.emplace_back("*");
  return conditions;
}

absl::Status Upload(const client::Client& client, const LocalPath& from, const ObjectUrl& to,
                    uint64_t size, const TransferOptions& options, Progress& progress,
                    Console& console) {
  client::UploadFileOptions upload{.content_type = options.content_type,
                                   .user_metadata = options.metadata,
                                   .preconditions = ConditionsOf(options),
                                   .headers = options.headers,
                                   .tags = options.tags};
  if (upload.content_type.empty()) upload.content_type = GuessContentType(from.root);
  upload.multipart_threshold = kLargeFile;
  upload.parallel = options.parallel;
  upload.progress = Into(progress);
  if (options.resume && size > kLargeFile) {
    ASSIGN_OR_RETURN(upload.resume_upload_id, UnfinishedUpload(client, to));
  }
  bool kept = false;
  upload.keep_upload_for_resume = true;
  upload.keep_after = [&](const absl::Status& why) {
    return kept = StaysForResume(why, options.resume);
  };
  const absl::Status status = client.UploadFile(from.root, to.bucket, to.key, upload).status();
  if (kept) {
    console.Note(
        HowToGoOn({from, to}, options, "what was sent is kept",
                  absl::StrCat("; trebol rm --uploads ", ShellWord(to.ToString()), " forgets it")));
  }
  return status;
}

absl::Status UploadStandardInput(const client::Client& client, const ObjectUrl& to,
                                 const TransferOptions& options, Progress& progress,
                                 std::istream& in) {
  client::PutObjectOptions put{.content_type = options.content_type,
                               .user_metadata = options.metadata,
                               .preconditions = ConditionsOf(options),
                               .headers = options.headers,
                               .tags = options.tags};
  if (put.content_type.empty()) put.content_type = GuessContentType(to.key);
  const auto source = [&](char* bytes, size_t size) -> absl::StatusOr<size_t> {
    in.read(bytes, static_cast<std::streamsize>(size));
    if (in.bad()) return absl::DataLossError("cannot read standard input");
    progress.AddBytes(static_cast<uint64_t>(in.gcount()));
    return static_cast<size_t>(in.gcount());
  };
  return client.PutObject(to.bucket, to.key, source, put).status();
}

}  // namespace trebol::cli
