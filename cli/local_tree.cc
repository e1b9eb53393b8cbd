#include "cli/local_tree.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

#include "cli/path_mapping.h"
#include "common/base/names.h"

namespace trebol::cli {
namespace {

absl::Status ReadError(int error) { return absl::ErrnoToStatus(error, "cannot read"); }

/// What a directory is, whatever it is called.
using Identity = std::pair<dev_t, ino_t>;

class Walk {
 public:
  Walk(const std::string& root, const LocalTreeVisitor& visitor) : root_(root), visitor_(visitor) {}

  void Directory(const std::string& relative) {
    const std::string path = Join(root_, relative);
    struct stat about;
    if (stat(path.c_str(), &about) != 0) return LeaveOut(path, StatError(path, errno));
    const Identity identity(about.st_dev, about.st_ino);
    if (std::find(above_.begin(), above_.end(), identity) != above_.end()) {
      return LeaveOut(path, absl::FailedPreconditionError(
                                "is a symbolic link to a directory that it is in; not followed"));
    }
    std::vector<std::string> names;
    if (absl::Status status = ReadNames(path, &names); !status.ok()) return LeaveOut(path, status);
    above_.push_back(identity);
    for (const std::string& name : names) Entry(Join(relative, name), name);
    above_.pop_back();
  }

 private:
  static absl::Status ReadNames(const std::string& path, std::vector<std::string>* names) {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(path.c_str()), closedir);
    if (directory == nullptr) return ReadError(errno);
    errno = 0;
    while (const dirent* entry = readdir(directory.get())) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names->push_back(name);
      errno = 0;
    }
    if (errno != 0) return ReadError(errno);
    std::sort(names->begin(), names->end());
    return absl::OkStatus();
  }

  void Entry(const std::string& relative, const std::string& name) {
    const std::string path = Join(root_, relative);
    if (!IsValidUtf8(name)) {
      return LeaveOut(path, absl::InvalidArgumentError(
                                "the name is not UTF-8, as keys are; rename it to copy it"));
    }
    struct stat about;
    if (stat(path.c_str(), &about) != 0) return LeaveOut(path, StatError(path, errno));
    if (S_ISDIR(about.st_mode)) {
      if (visitor_.follow_directories || !IsLink(path)) return Directory(relative);
      return LeaveOut(path, absl::FailedPreconditionError(
                                "is a symbolic link to a directory; what is in it is not touched"));
    }
    if (S_ISREG(about.st_mode)) {
      return visitor_.file({path, relative, static_cast<uint64_t>(about.st_size)});
    }
    LeaveOut(path, absl::FailedPreconditionError(
                       "is not a regular file (a pipe, socket or device); left out"));
  }

  static bool IsLink(const std::string& path) {
    struct stat about;
    return lstat(path.c_str(), &about) == 0 && S_ISLNK(about.st_mode);
  }

  void LeaveOut(const std::string& path, const absl::Status& why) { visitor_.left_out(path, why); }

  const std::string& root_;
  const LocalTreeVisitor& visitor_;
  std::vector<Identity> above_;  // the directories that we are in
};

}  // namespace

absl::Status StatError(const std::string& path, int error) {
  struct stat link;
  if (error == ENOENT && lstat(path.c_str(), &link) == 0 && S_ISLNK(link.st_mode)) {
    return absl::FailedPreconditionError("is a symbolic link to something that does not exist");
  }
  return ReadError(error);
}

void WalkLocalTree(const std::string& root, const LocalTreeVisitor& visitor) {
  Walk(root, visitor).Directory("");
}

}  // namespace trebol::cli
