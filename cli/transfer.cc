#include "cli/transfer.h"

#include <sys/stat.h>

#include <istream>
#include <memory>
#include <variant>

#include "absl/strings/str_cat.h"
#include "cli/content_type.h"
#include "cli/human.h"
#include "cli/local_file.h"
#include "common/base/status_macros.h"

namespace trebol::cli {
namespace {

constexpr uint64_t kLarge = uint64_t{64} << 20;  // moved in several parts at the same time

client::Preconditions ConditionsOf(const TransferOptions& options) {
  return options.keep_existing ? client::Preconditions::IfAbsent() : client::Preconditions();
}

/// Turns what a transfer says of itself into what is added to the bar.
client::ProgressCallback Into(Progress& progress) {
  return [&progress, before = uint64_t{0}](uint64_t done, uint64_t) mutable {
    progress.AddBytes(done - before);
    before = done;
  };
}

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

absl::Status Upload(const client::Client& client, const LocalPath& from, const ObjectUrl& to,
                    const TransferOptions& options, Progress& progress, Console& console) {
  client::UploadFileOptions upload{.content_type = options.content_type,
                                   .user_metadata = options.metadata,
                                   .preconditions = ConditionsOf(options),
                                   .tags = options.tags};
  if (upload.content_type.empty()) upload.content_type = GuessContentType(from.root);
  upload.multipart_threshold = kLarge;
  upload.parallel = options.parallel;
  upload.progress = Into(progress);
  if (options.resume) {
    ASSIGN_OR_RETURN(upload.resume_upload_id, UnfinishedUpload(client, to));
    upload.keep_upload_for_resume = true;
  }
  bool in_parts = false;
  upload.on_multipart_upload = [&in_parts](const std::string&) { in_parts = true; };
  const absl::Status status = client.UploadFile(from.root, to.bucket, to.key, upload).status();
  if (!status.ok() && in_parts && options.resume) {
    console.Note(absl::StrCat(Printable(from.root),
                              ": what was sent is kept; the same command goes on with it"));
  }
  return status;
}

absl::Status UploadStandardInput(const client::Client& client, const ObjectUrl& to,
                                 const TransferOptions& options, Progress& progress,
                                 std::istream& in) {
  client::PutObjectOptions put{.content_type = options.content_type,
                               .user_metadata = options.metadata,
                               .preconditions = ConditionsOf(options),
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

/// A device or a pipe, which no other file can take the place of.
bool IsSpecial(const std::string& path) {
  struct stat about;
  return stat(path.c_str(), &about) == 0 && !S_ISREG(about.st_mode);
}

absl::Status DownloadInRanges(const client::Client& client, const ObjectUrl& from,
                              const std::string& path, const TransferOptions& options,
                              Progress& progress, Console& console) {
  client::DownloadFileOptions download{.version = options.version};
  download.parallel = options.parallel;
  download.resume = options.resume;
  download.progress = Into(progress);
  const absl::Status status = client.DownloadFile(from.bucket, from.key, path, download).status();
  if (absl::IsCancelled(status) && options.resume) {
    console.Note(
        absl::StrCat(Printable(path), ": what has come is kept; the same command goes on with it"));
  }
  return status;
}

absl::Status Download(const client::Client& client, const ObjectUrl& from, const LocalPath& to,
                      uint64_t size, const TransferOptions& options, Progress& progress,
                      Console& console) {
  const std::string path = to.ToString();
  if (!to.relative.empty()) RETURN_IF_ERROR(MakeParents(to.root, to.relative));
  if ((size >= kLarge || options.resume) && !IsSpecial(path)) {
    return DownloadInRanges(client, from, path, options, progress, console);
  }
  ASSIGN_OR_RETURN(client::ObjectReader reader,
                   client.OpenObject(from.bucket, from.key, {.version = options.version}));
  ASSIGN_OR_RETURN(const std::unique_ptr<FileWriter> file, FileWriter::Create(path));
  while (true) {
    ASSIGN_OR_RETURN(const absl::string_view bytes, reader.Next());
    if (bytes.empty()) return file->Commit();
    RETURN_IF_ERROR(file->Append(bytes));
    progress.AddBytes(bytes.size());
  }
}

absl::Status DownloadToStandardOutput(const client::Client& client, const ObjectUrl& from,
                                      const TransferOptions& options, Progress& progress,
                                      Console& console) {
  return client
      .GetObject(from.bucket, from.key,
                 [&](absl::string_view bytes) {
                   progress.AddBytes(bytes.size());
                   return console.Write(bytes);
                 },
                 {.version = options.version})
      .status();
}

absl::Status CopyAtTheServer(const client::Client& client, const ObjectUrl& from,
                             const ObjectUrl& to, const TransferOptions& options,
                             Progress& progress) {
  client::CopyObjectOptions copy{.source_version = options.version,
                                 .preconditions = ConditionsOf(options)};
  if (!options.content_type.empty() || !options.metadata.empty()) {
    // What is not named stays that of the source, which must not change meanwhile.
    ASSIGN_OR_RETURN(const client::ObjectInfo info,
                     client.HeadObject(from.bucket, from.key, {.version = options.version}));
    copy.source_preconditions = client::Preconditions::IfMatch(info.etag);
    copy.replace_metadata = client::ObjectMetadata{
        .content_type = options.content_type.empty() ? info.content_type : options.content_type,
        .user_metadata = options.metadata.empty() ? info.user_metadata : options.metadata,
        .headers = info.headers};
  }
  if (!options.tags.empty()) copy.replace_tags = options.tags;
  ASSIGN_OR_RETURN(const client::CopyObjectResult result,
                   client.CopyObject(from.bucket, from.key, to.bucket, to.key, copy));
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
    return Upload(client, *path, *to, options, progress, console);
  }
  return UploadStandardInput(client, *to, options, progress, console.environment().in);
}

}  // namespace trebol::cli
