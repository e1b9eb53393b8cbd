#include "cli/local_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/human.h"
#include "cli/path_mapping.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"

namespace trebol::cli {
namespace {

absl::Status SystemError(int error, absl::string_view what, const std::string& path) {
  return absl::ErrnoToStatus(error, absl::StrCat("cannot ", what, " ", Printable(path)));
}

absl::Status ChangedSize(const std::string& path, uint64_t before, absl::string_view now) {
  return absl::FailedPreconditionError(
      absl::StrCat(Printable(path), " changed while it was being read: it had ", before,
                   " bytes and now has ", now, "; copy it again when nothing writes to it"));
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

FileReader::FileReader(std::string path, int descriptor, uint64_t size)
    : path_(std::move(path)), descriptor_(descriptor), size_(size) {}

FileReader::~FileReader() { close(descriptor_); }

absl::StatusOr<std::unique_ptr<FileReader>> FileReader::Open(const std::string& path) {
  // Without O_NONBLOCK a pipe that took the place of a file would hold us here.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return SystemError(errno, "open", path);
  struct stat about;
  if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) {
    close(descriptor);
    return absl::FailedPreconditionError(
        absl::StrCat(Printable(path), " is not a regular file; - reads standard input"));
  }
  return std::unique_ptr<FileReader>(
      new FileReader(path, descriptor, static_cast<uint64_t>(about.st_size)));
}

absl::StatusOr<size_t> FileReader::Read(char* to, size_t size) {
  ssize_t got = -1;
  do {
    got = read(descriptor_, to, size);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return SystemError(errno, "read", path_);
  read_ += static_cast<uint64_t>(got);
  if (read_ > size_) return ChangedSize(path_, size_, "more");
  if (got == 0 && read_ < size_) return ChangedSize(path_, size_, absl::StrCat(read_));
  return static_cast<size_t>(got);
}

FileWriter::FileWriter(std::string path, std::string temporary, int descriptor)
    : path_(std::move(path)), temporary_(std::move(temporary)), descriptor_(descriptor) {}

FileWriter::~FileWriter() {
  if (descriptor_ >= 0) close(descriptor_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

absl::StatusOr<std::unique_ptr<FileWriter>> FileWriter::Create(const std::string& path) {
  std::string target = path;
  struct stat about;
  if (stat(path.c_str(), &about) == 0) {
    if (S_ISDIR(about.st_mode)) {
      return absl::FailedPreconditionError(
          absl::StrCat(Printable(path), " is a directory; a file cannot take its place"));
    }
    if (!S_ISREG(about.st_mode)) {
      const int device = open(path.c_str(), O_WRONLY | O_CLOEXEC);
      if (device < 0) return SystemError(errno, "open", path);
      return std::unique_ptr<FileWriter>(new FileWriter(path, "", device));
    }
    // What a link leads to is replaced, not the link.
    std::error_code error;
    const std::filesystem::path real = std::filesystem::canonical(path, error);
    if (!error) target = real.string();
  }
  std::string temporary = absl::StrCat(FolderOf(target), "/.trebol-", RandomHex(8), ".part");
  const int descriptor = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) return SystemError(errno, "create a file in", FolderOf(target));
  return std::unique_ptr<FileWriter>(
      new FileWriter(std::move(target), std::move(temporary), descriptor));
}

absl::Status FileWriter::Append(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return SystemError(errno, "write", path_);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status FileWriter::Commit(bool flush) {
  // A pipe or a device may not know how.
  if (flush && !temporary_.empty() && fdatasync(descriptor_) != 0) {
    return SystemError(errno, "flush", path_);
  }
  if (close(std::exchange(descriptor_, -1)) != 0) return SystemError(errno, "write", path_);
  if (temporary_.empty()) return absl::OkStatus();
  if (rename(temporary_.c_str(), path_.c_str()) != 0) return SystemError(errno, "create", path_);
  temporary_.clear();
  return absl::OkStatus();
}

absl::Status MakeParents(const std::string& root, const std::string& relative) {
  std::error_code error;
  std::filesystem::create_directories(root, error);
  if (error) return SystemError(error.value(), "make the directory", root);
  for (size_t slash = relative.find('/'); slash != std::string::npos;
       slash = relative.find('/', slash + 1)) {
    const std::string folder = Join(root, relative.substr(0, slash));
    if (mkdir(folder.c_str(), 0777) == 0) continue;
    if (errno != EEXIST) return SystemError(errno, "make the directory", folder);
    struct stat about;
    if (lstat(folder.c_str(), &about) != 0) return SystemError(errno, "look at", folder);
    if (S_ISDIR(about.st_mode)) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        Printable(folder), S_ISLNK(about.st_mode)
                               ? " is a symbolic link, which is not followed inside a destination"
                               : " is a file where a directory is needed"));
  }
  return absl::OkStatus();
}

absl::Status FlushFolders(const std::string& root, const std::string& relative) {
  std::string path = Join(root, relative);
  // One more than there are below `root`, which may be new itself.
  const auto levels = relative.empty() ? 1 : 2 + std::count(relative.begin(), relative.end(), '/');
  for (auto level = levels; level > 0; --level) {
    path = FolderOf(path);
    const int folder = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return SystemError(errno, "open", path);
    const bool flushed = fsync(folder) == 0;
    const int error = errno;
    close(folder);
    if (!flushed) return SystemError(error, "flush", path);
  }
  return absl::OkStatus();
}

}  // namespace trebol::cli
