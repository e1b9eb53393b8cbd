#include "cli/sync_side.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/human.h"
#include "cli/local_file.h"
#include "cli/local_tree.h"
#include "cli/path_mapping.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"

namespace trebol::cli {
namespace {

using Filters = std::vector<Filter>;

/// Calls `take` with every object and its name below the side's prefix.
bool ListObjects(const client::Client& client, const SyncSide& side, Console& console,
                 const std::function<void(const std::string&, const client::ObjectInfo&)>& take) {
  const std::string& prefix = side.url->key;
  const absl::Status status =
      client.ForEachPage({.bucket = side.url->bucket, .prefix = prefix, .page_size = 10'000},
                         [&](const client::ListObjectsPage& page) {
                           for (const client::ObjectInfo& object : page.objects) {
                             take(object.key.substr(prefix.size()), object);
                           }
                           return absl::OkStatus();
                         });
  if (!status.ok()) console.Fail(Printable(side.Name()), status);
  return status.ok();
}

/// Whether a name of an object fits below the other side. In a directory nothing ends in a slash,
/// and no key is empty.
bool Fits(const std::string& name, const SyncSide& other) {
  if (name.empty()) return false;
  return other.url.has_value() || !absl::EndsWith(name, "/");
}

SyncEntry EntryOf(const client::ObjectInfo& object) {
  return {.size = object.size, .crc32c = object.crc32c, .etag = object.etag};
}

/// False, with what is wrong, if it is not a directory that can be walked.
absl::StatusOr<bool> DirectoryIsThere(const std::string& path) {
  struct stat about;
  if (stat(path.c_str(), &about) != 0) {
    if (errno == ENOENT && lstat(path.c_str(), &about) != 0) return false;
    return StatError(path, errno);
  }
  if (S_ISDIR(about.st_mode)) return true;
  return absl::FailedPreconditionError("is not a directory; cp copies single files");
}

std::string NameBelow(const std::string& directory, const std::string& path) {
  const size_t slash = absl::EndsWith(directory, "/") ? 0 : 1;
  return path.substr(std::min(path.size(), directory.size() + slash));
}

/// Also for what may be a directory, of which a filter like "private/*" means all.
bool Concerns(const Filters& filters, const std::string& name) {
  return Includes(filters, name) && Includes(filters, name + "/");
}

bool ReadSourceDirectory(const Filters& filters, SyncSide& source, Console& console) {
  const auto there = DirectoryIsThere(source.directory);
  if (!there.ok() || !*there) {
    console.Fail(Printable(source.directory),
                 there.ok() ? absl::NotFoundError("there is no such directory") : there.status());
    return false;
  }
  bool complete = true;
  LocalTreeVisitor visitor;
  visitor.file = [&](const LocalFile& file) {
    source.empty = false;
    if (Includes(filters, file.relative)) source.entries[file.relative] = {.size = file.size};
  };
  visitor.left_out = [&](const std::string& path, const absl::Status& why) {
    source.empty = false;
    if (!Concerns(filters, NameBelow(source.directory, path))) return;
    complete = false;
    console.Fail(Printable(path), why);
  };
  WalkLocalTree(source.directory, visitor);
  return complete;
}

}  // namespace

Place SyncSide::At(const std::string& name) const {
  if (!url.has_value()) return LocalPath{.root = directory, .relative = name};
  const std::string key = url->key + name;
  return ObjectUrl{.bucket = url->bucket, .key = key, .ends_in_slash = absl::EndsWith(key, "/")};
}

std::string SyncSide::Name() const { return url.has_value() ? url->ToString() : directory; }

absl::StatusOr<uint32_t> SyncSide::Crc32cOf(const std::string& name) const {
  if (url.has_value()) return entries.at(name).crc32c;
  ASSIGN_OR_RETURN(const auto file, FileReader::Open(Join(directory, name)));
  std::string buffer(1 << 20, '\0');
  uint32_t crc = 0;
  while (true) {
    ASSIGN_OR_RETURN(const size_t size, file->Read(buffer.data(), buffer.size()));
    if (size == 0) return crc;
    crc = Crc32c(absl::string_view(buffer).substr(0, size), crc);
  }
}

absl::StatusOr<SyncSide> ParseSyncSide(const std::string& text) {
  SyncSide side;
  if (!LooksLikeUrl(text)) {
    if (text.empty() || text == "-") {
      return absl::InvalidArgumentError("sync takes a directory or trebol://BUCKET[/PREFIX]");
    }
    side.directory = text;
    return side;
  }
  ASSIGN_OR_RETURN(side.url, ParseUrl(text));
  if (!side.url->key.empty() && !absl::EndsWith(side.url->key, "/")) side.url->key += '/';
  return side;
}

bool ReadSource(const client::Client& client, const Filters& filters, const SyncSide& destination,
                SyncSide& source, Console& console) {
  if (!source.url.has_value()) return ReadSourceDirectory(filters, source, console);
  return ListObjects(
      client, source, console, [&](const std::string& name, const client::ObjectInfo& object) {
        source.empty = false;
        if (!Includes(filters, name)) return;
        if (Fits(name, destination)) {
          source.entries[name] = EntryOf(object);
        } else if (object.size > 0) {  // an empty one only marks a folder
          console.Fail(Printable(ObjectUrl{source.url->bucket, object.key}.ToString()),
                       absl::InvalidArgumentError(
                           absl::StrCat("nothing can be called so below ", destination.Name(),
                                        "; copy it with cp, to a whole name")));
        }
      });
}

bool ReadDestination(const client::Client& client, const Filters& filters, const SyncSide& source,
                     SyncSide& destination, std::vector<std::pair<std::string, absl::Status>>* odd,
                     Console& console) {
  if (destination.url.has_value()) {
    return ListObjects(client, destination, console,
                       [&](const std::string& name, const client::ObjectInfo& object) {
                         destination.empty = false;
                         // What marks a folder does not have to go because a directory has no such
                         // thing.
                         if (name.empty() || (object.size == 0 && !Fits(name, source))) return;
                         if (Includes(filters, name)) destination.entries[name] = EntryOf(object);
                       });
  }
  const auto there = DirectoryIsThere(destination.directory);
  if (!there.ok()) {
    console.Fail(Printable(destination.directory), there.status());
    return false;
  }
  if (!*there) return true;
  LocalTreeVisitor visitor;
  visitor.follow_directories = false;
  visitor.file = [&](const LocalFile& file) {
    destination.empty = false;
    if (Includes(filters, file.relative)) destination.entries[file.relative] = {.size = file.size};
  };
  visitor.left_out = [&](const std::string& path, const absl::Status& why) {
    destination.empty = false;
    if (Concerns(filters, NameBelow(destination.directory, path))) odd->emplace_back(path, why);
  };
  WalkLocalTree(destination.directory, visitor);
  return true;
}

}  // namespace trebol::cli
