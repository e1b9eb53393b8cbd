#include "metadata/state/identity_file.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "metadata/state/rocks_error.h"
#include "rocksdb/env.h"

namespace trebol {
namespace {

constexpr absl::string_view kFirstLine = "trebol metadata, format ";
constexpr absl::string_view kFormat = "8";
constexpr absl::string_view kClusterLine = "cluster ";
// What a storage node leaves in its directory (docs/formats/superblock.md).
constexpr const char* kStorageMarks[] = {"superblock"};

absl::Status WrongDirectory(absl::string_view message) {
  return MakeError(absl::StatusCode::kFailedPrecondition, v1::INVALID_ARGUMENT, message);
}

/// Returns the id of the cluster.
absl::StatusOr<std::string> ReadIdentity(rocksdb::Env* env, const std::string& directory,
                                         const std::string& path) {
  std::string text;
  RETURN_IF_ERROR(
      FromRocksDb(absl::StrCat("reading ", path), rocksdb::ReadFileToString(env, path, &text)));
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  absl::string_view format = lines[0];
  if (!absl::ConsumePrefix(&format, kFirstLine)) {
    return WrongDirectory(absl::StrCat(path, " is damaged: it begins with '", format.substr(0, 80),
                                       "'; is ", directory, " the data directory of metadata?"));
  }
  if (format != kFormat) {
    return MakeError(absl::StatusCode::kUnimplemented, v1::UNSUPPORTED_FORMAT,
                     absl::StrCat("the metadata directory ", directory, " has format ", format,
                                  "; this release reads format ", kFormat,
                                  ": start the release that wrote it, or a newer one"));
  }
  if (lines.size() < 2 || lines[1].empty()) return "";
  absl::string_view cluster = lines[1];
  if (!absl::ConsumePrefix(&cluster, kClusterLine)) {
    return WrongDirectory(absl::StrCat(path, " is damaged: its second line is '",
                                       cluster.substr(0, 80), "'; restore it from a backup"));
  }
  return std::string(cluster);
}

absl::Status WriteIdentity(rocksdb::Env* env, const std::string& directory,
                           absl::string_view second_line) {
  const std::string path = absl::StrCat(directory, "/", kMetadataIdentityFile);
  const std::string temporary = absl::StrCat(path, ".new");
  const std::string doing = absl::StrCat("writing ", path);
  const std::string text = absl::StrCat(kFirstLine, kFormat, "\n", second_line);
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

absl::StatusOr<std::string> ClaimDirectory(rocksdb::Env* env, const std::string& directory,
                                           const std::string& database) {
  RETURN_IF_ERROR(CreateDirectories(env, directory));
  for (const char* mark : kStorageMarks) {
    if (env->FileExists(absl::StrCat(directory, "/", mark)).ok()) {
      return WrongDirectory(absl::StrCat(directory, " is the data directory of a storage node; ",
                                         "give metadata a directory of its own"));
    }
  }
  const std::string path = absl::StrCat(directory, "/", kMetadataIdentityFile);
  const bool has_database = env->FileExists(absl::StrCat(database, "/CURRENT")).ok();
  if (env->FileExists(path).ok()) {
    ASSIGN_OR_RETURN(std::string cluster, ReadIdentity(env, directory, path));
    if (!cluster.empty() && !has_database) {
      return MakeError(absl::StatusCode::kDataLoss, v1::LINEAGE_MISSING,
                       absl::StrCat(directory, " is the metadata of cluster ", cluster,
                                    ", but its database ", database,
                                    " is missing; restore the directory whole, from the newest "
                                    "copy"));
    }
    return cluster;
  }
  if (has_database) {
    return WrongDirectory(absl::StrCat(database, " holds a database, but ", path,
                                       " is missing; if this is the data directory of metadata, ",
                                       "restore that file from a backup"));
  }
  RETURN_IF_ERROR(WriteIdentity(env, directory, ""));
  return "";
}

absl::Status NameCluster(rocksdb::Env* env, const std::string& directory,
                         const std::string& cluster_id) {
  return WriteIdentity(env, directory, absl::StrCat(kClusterLine, cluster_id, "\n"));
}

}  // namespace trebol
