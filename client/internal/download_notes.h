#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/internal/part_plan.h"
#include "client/types.h"

namespace trebol::client {

/// Beside the temporary file of a download that may be resumed: which version it is of, how it is
/// cut, and the CRC32C of every range that came whole. Text, one range a line. The bytes have to be
/// read again before they are believed: nothing is flushed. Thread-safe.
class DownloadNotes {
 public:
  /// Begins anew where there are none, or those of another version or another cut.
  static absl::StatusOr<std::unique_ptr<DownloadNotes>> Open(const std::string& path,
                                                             const ObjectInfo& info,
                                                             const PartPlan& plan);
  ~DownloadNotes();

  /// CRC32Cs by range, as they were when it was opened.
  const std::map<size_t, uint32_t>& found() const { return found_; }
  absl::Status Add(size_t range, uint32_t crc);
  void Remove() const;

 private:
  DownloadNotes(std::string path, int descriptor, std::map<size_t, uint32_t> found);

  const std::string path_;
  const int descriptor_;
  const std::map<size_t, uint32_t> found_;
};

}  // namespace trebol::client
