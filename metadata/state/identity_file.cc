#include "metadata/state/identity_file.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "metadata/state/rocks_error.h"
#include "rocksdb/env.h"

namespace trebol {
namespace {

constexpr absl::string_view kFirstLine = "trebol metadata, format ";
constexpr absl::string_view kFormat = "2";
// What a storage node leaves in its directory (docs/formats/superblock.md).
constexpr const char* kStorageMarks[] = {"superblock"};

absl::Status WrongDirectory(absl::string_view message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, v1::INVALID_ARGUMENT, message);
}

absl::Status CheckIdentity(rocksdb::Env* env, const std::string& directory,
                           const std::string& path) {
  std::string text;
  RETURN_IF_ERROR(
      FromRocksDb(absl::StrCat("reading ", path), rocksdb::ReadFileToString(env, path, &text)));
  const std::string line = std::vector<std::string>(absl::StrSplit(text, '\n'))[0];
  if (!absl::StartsWith(line, kFirstLine)) {
    return WrongDirectory(absl::StrCat(path, " is damaged: it begins with '", line.substr(0, 80),
                                       "'; is ", directory, " the data directory of metadata?"));
  }
  const absl::string_view format = absl::string_view(line).substr(kFirstLine.size());
  if (format != kFormat) {
    return MakeError(absl::StatusCode::kUnimplemented, v1::UNSUPPORTED_FORMAT,
                     absl::StrCat("the metadata directory ", directory, " has format ", format,
                                  "; this release reads format ", kFormat,
                                  ": start the release that wrote it, or a newer one"));
  }
  return absl::OkStatus();
}

absl::Status WriteIdentity(rocksdb::Env* env, const std::string& directory,
                           const std::string& path) {
  const std::string temporary = absl::StrCat(path, ".new");
  const std::string doing = absl::StrCat("writing ", path);
  const std::string text = absl::StrCat(kFirstLine, kFormat, "\n");
  RETURN_IF_ERROR(
      FromRocksDb(doing, rocksdb::WriteStringToFile(env, text, temporary, /*should_sync=*/true)));
  RETURN_IF_ERROR(FromRocksDb(doing, env->RenameFile(temporary, path)));
  std::unique_ptr<rocksdb::Directory> handle;
  RETURN_IF_ERROR(FromRocksDb(doing, env->NewDirectory(directory, &handle)));
  return FromRocksDb(doing, handle->Fsync());
}

/// Also its parents.
absl::Status CreateDirectories(rocksdb::Env* env, const std::string& directory) {
  for (size_t end = directory.find('/', 1);; end = directory.find('/', end + 1)) {
    const std::string path = directory.substr(0, end);
    const rocksdb::Status created = env->CreateDirIfMissing(path);
    // A parent that exists need not be ours to create.
    if (!created.ok() && !env->FileExists(path).ok()) {
      return FromRocksDb(absl::StrCat("creating the directory ", path), created);
    }
    if (end == std::string::npos) return absl::OkStatus();
  }
}

}  // namespace

absl::Status ClaimDirectory(rocksdb::Env* env, const std::string& directory,
                            const std::string& database) {
  RETURN_IF_ERROR(CreateDirectories(env, directory));
  for (const char* mark : kStorageMarks) {
    if (env->FileExists(absl::StrCat(directory, "/", mark)).ok()) {
      return WrongDirectory(absl::StrCat(directory, " is the data directory of a storage node; ",
                                         "give metadata a directory of its own"));
    }
  }
  const std::string path = absl::StrCat(directory, "/", kMetadataIdentityFile);
  if (env->FileExists(path).ok()) return CheckIdentity(env, directory, path);
  if (env->FileExists(absl::StrCat(database, "/CURRENT")).ok()) {
    return WrongDirectory(absl::StrCat(database, " holds a database, but ", path,
                                       " is missing; if this is the data directory of metadata, ",
                                       "restore that file from a backup"));
  }
  return WriteIdentity(env, directory, path);
}

}  // namespace trebol
