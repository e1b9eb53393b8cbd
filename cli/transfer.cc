#include "cli/transfer.h"

#include <istream>
#include <memory>
#include <variant>

#include "cli/content_type.h"
#include "cli/local_file.h"
#include "common/base/status_macros.h"

namespace trebol::cli {
namespace {

absl::Status Upload(const client::Client& client, const LocalPath& from, const ObjectUrl& to,
                    const TransferOptions& options, Progress& progress) {
  ASSIGN_OR_RETURN(const std::unique_ptr<FileReader> file, FileReader::Open(from.root));
  client::PutObjectOptions put{.content_type = options.content_type,
                               .user_metadata = options.metadata,
                               .content_length = file->size()};
  if (put.content_type.empty()) put.content_type = GuessContentType(from.root);
  const auto source = [&](char* bytes, size_t size) -> absl::StatusOr<size_t> {
    ASSIGN_OR_RETURN(const size_t got, file->Read(bytes, size));
    progress.AddBytes(got);
    return got;
  };
  return client.PutObject(to.bucket, to.key, source, put).status();
}

absl::Status UploadStandardInput(const client::Client& client, const ObjectUrl& to,
                                 const TransferOptions& options, Progress& progress,
                                 std::istream& in) {
  client::PutObjectOptions put{.content_type = options.content_type,
                               .user_metadata = options.metadata};
  if (put.content_type.empty()) put.content_type = GuessContentType(to.key);
  const auto source = [&](char* bytes, size_t size) -> absl::StatusOr<size_t> {
    in.read(bytes, static_cast<std::streamsize>(size));
    if (in.bad()) return absl::DataLossError("cannot read standard input");
    progress.AddBytes(static_cast<uint64_t>(in.gcount()));
    return static_cast<size_t>(in.gcount());
  };
  return client.PutObject(to.bucket, to.key, source, put).status();
}

absl::Status Download(const client::Client& client, const ObjectUrl& from, const LocalPath& to,
                      Progress& progress) {
  ASSIGN_OR_RETURN(client::ObjectReader reader, client.OpenObject(from.bucket, from.key));
  if (!to.relative.empty()) RETURN_IF_ERROR(MakeParents(to.root, to.relative));
  ASSIGN_OR_RETURN(const std::unique_ptr<FileWriter> file, FileWriter::Create(to.ToString()));
  while (true) {
    ASSIGN_OR_RETURN(const absl::string_view bytes, reader.Next());
    if (bytes.empty()) return file->Commit();
    RETURN_IF_ERROR(file->Append(bytes));
    progress.AddBytes(bytes.size());
  }
}

absl::Status DownloadToStandardOutput(const client::Client& client, const ObjectUrl& from,
                                      Progress& progress, Console& console) {
  return client
      .GetObject(from.bucket, from.key,
                 [&](absl::string_view bytes) {
                   progress.AddBytes(bytes.size());
                   return console.Write(bytes);
                 })
      .status();
}

absl::Status CopyThrough(const client::Client& client, const ObjectUrl& from, const ObjectUrl& to,
                         const TransferOptions& options, Progress& progress) {
  ASSIGN_OR_RETURN(client::ObjectReader reader, client.OpenObject(from.bucket, from.key));
  const client::ObjectInfo& info = reader.info();
  const client::PutObjectOptions put{
      .content_type = options.content_type.empty() ? info.content_type : options.content_type,
      .user_metadata = options.metadata.empty() ? info.user_metadata : options.metadata,
      .content_length = reader.length()};
  const auto source = [&](char* bytes, size_t size) -> absl::StatusOr<size_t> {
    ASSIGN_OR_RETURN(const size_t got, reader.Read(bytes, size));
    progress.AddBytes(got);
    return got;
  };
  return client.PutObject(to.bucket, to.key, source, put).status();
}

}  // namespace

absl::Status Transfer(const client::Client& client, const CopyItem& item,
                      const TransferOptions& options, Progress& progress, Console& console) {
  const auto* from = std::get_if<ObjectUrl>(&item.source);
  const auto* to = std::get_if<ObjectUrl>(&item.destination);
  if (from != nullptr && to != nullptr) {
    return CopyThrough(client, *from, *to, options, progress);
  }
  if (from != nullptr) {
    const auto* path = std::get_if<LocalPath>(&item.destination);
    if (path != nullptr) return Download(client, *from, *path, progress);
    return DownloadToStandardOutput(client, *from, progress, console);
  }
  if (const auto* path = std::get_if<LocalPath>(&item.source)) {
    return Upload(client, *path, *to, options, progress);
  }
  return UploadStandardInput(client, *to, options, progress, console.environment().in);
}

}  // namespace trebol::cli
