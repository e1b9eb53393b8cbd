#include "cli/download.h"

#include <sys/stat.h>

#include <memory>
#include <string>

#include "cli/human.h"
#include "cli/interrupted_copy.h"
#include "cli/local_file.h"
#include "common/base/status_macros.h"

namespace trebol::cli {
namespace {

/// A device or a pipe, which no other file can take the place of.
bool IsSpecial(const std::string& path) {
  struct stat about;
  return stat(path.c_str(), &about) == 0 && !S_ISREG(about.st_mode);
}

absl::Status DownloadInRanges(const client::Client& client, const ObjectUrl& from,
                              const LocalPath& to, const TransferOptions& options,
                              Progress& progress, Console& console) {
  client::DownloadFileOptions download{.version = options.version};
  download.parallel = options.parallel;
  download.progress = Into(progress);
  // Also what a copy without --resume left is used: every byte of it is compared first.
  download.resume = true;
  bool kept = false;
  download.keep_after = [&](const absl::Status& why) {
    return kept = StaysForResume(why, options.resume);
  };
  const absl::Status status =
      client.DownloadFile(from.bucket, from.key, to.ToString(), download).status();
  if (kept) {
    console.Note(
        HowToGoOn({from, to}, options, "what has come is kept beside it, as .trebol-part"));
  }
  return status;
}

absl::Status DownloadInOnePiece(const client::Client& client, const ObjectUrl& from,
                                const std::string& path, const TransferOptions& options,
                                Progress& progress) {
  ASSIGN_OR_RETURN(client::ObjectReader reader,
                   client.OpenObject(from.bucket, from.key, {.version = options.version}));
  ASSIGN_OR_RETURN(const std::unique_ptr<FileWriter> file, FileWriter::Create(path));
  while (true) {
    ASSIGN_OR_RETURN(const absl::string_view bytes, reader.Next());
    if (bytes.empty()) return file->Commit(options.flush);
    RETURN_IF_ERROR(file->Append(bytes));
    progress.AddBytes(bytes.size());
  }
}

}  // namespace

absl::Status Download(const client::Client& client, const ObjectUrl& from, const LocalPath& to,
                      uint64_t size, const TransferOptions& options, Progress& progress,
                      Console& console) {
  const std::string path = to.ToString();
  struct stat about;
  if (options.keep_existing && lstat(path.c_str(), &about) == 0) {
    return absl::AlreadyExistsError(Printable(path) + " is there already, and stays");
  }
  if (!to.relative.empty()) RETURN_IF_ERROR(MakeParents(to.root, to.relative));
  if (size > kLargeFile && !IsSpecial(path)) {
    RETURN_IF_ERROR(DownloadInRanges(client, from, to, options, progress, console));
  } else {
    RETURN_IF_ERROR(DownloadInOnePiece(client, from, path, options, progress));
  }
  return options.flush ? FlushFolders(to.root, to.relative) : absl::OkStatus();
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

}  // namespace trebol::cli
