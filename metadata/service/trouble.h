#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace trebol {

/// Logs what stands in the way of a periodic task when that changes, not at every round. Not
/// thread-safe.
class Trouble {
 public:
  void Note(absl::string_view what, const absl::Status& status);

 private:
  absl::Status last_;
};

}  // namespace trebol
