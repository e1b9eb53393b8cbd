#include "client/internal/download_notes.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "common/base/status_macros.h"

namespace trebol::client {
namespace {

std::string FirstLine(const ObjectInfo& info, const PartPlan& plan) {
  return absl::StrFormat("trebol-download 1 %s %d %08x %d", absl::WebSafeBase64Escape(info.version),
                         info.size, info.crc32c, plan.part_size);
}

absl::Status Append(int descriptor, const std::string& line, const std::string& path) {
  // One write, so that lines of several threads do not mix; a torn last line is not read.
  const ssize_t written = write(descriptor, line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size())) return absl::OkStatus();
  return absl::ErrnoToStatus(written < 0 ? errno : ENOSPC, absl::StrCat("cannot write ", path));
}

/// False if they are not about this download.
bool Parse(const std::string& text, const std::string& first_line, const PartPlan& plan,
           std::map<size_t, uint32_t>* found) {
  std::vector<std::string> lines = absl::StrSplit(text, '\n');
  lines.pop_back();  // nothing, or a line that was cut off
  if (lines.empty() || lines[0] != first_line) return false;
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> fields = absl::StrSplit(lines[i], ' ');
    size_t range = 0;
    uint32_t crc = 0;
    if (fields.size() == 2 && absl::SimpleAtoi(fields[0], &range) && range < plan.count &&
        absl::SimpleHexAtoi(fields[1], &crc)) {
      (*found)[range] = crc;
    }
  }
  return true;
}

}  // namespace

DownloadNotes::DownloadNotes(std::string path, int descriptor, std::map<size_t, uint32_t> found)
    : path_(std::move(path)), descriptor_(descriptor), found_(std::move(found)) {}

DownloadNotes::~DownloadNotes() { close(descriptor_); }

absl::StatusOr<std::unique_ptr<DownloadNotes>> DownloadNotes::Open(const std::string& path,
                                                                   const ObjectInfo& info,
                                                                   const PartPlan& plan) {
  std::string text;
  {
    std::ifstream stream(path, std::ios::binary);
    text.assign(std::istreambuf_iterator<char>(stream), {});
  }
  const std::string first_line = FirstLine(info, plan);
  std::map<size_t, uint32_t> found;
  const bool ours = Parse(text, first_line, plan, &found);
  const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (ours ? 0 : O_TRUNC);
  const int descriptor = open(path.c_str(), flags, 0666);
  if (descriptor < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", path));
  std::unique_ptr<DownloadNotes> notes(new DownloadNotes(path, descriptor, std::move(found)));
  // After a line that was cut off a new one begins.
  if (!ours) RETURN_IF_ERROR(Append(descriptor, first_line + "\n", path));
  if (ours && !text.ends_with('\n')) RETURN_IF_ERROR(Append(descriptor, "\n", path));
  return notes;
}

absl::Status DownloadNotes::Add(size_t range, uint32_t crc) {
  return Append(descriptor_, absl::StrFormat("%d %08x\n", range, crc), path_);
}

void DownloadNotes::Remove() const { unlink(path_.c_str()); }

}  // namespace trebol::client
