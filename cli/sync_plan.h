#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace trebol::cli {

/// What a synchronisation has to do. Pure functions.

/// One --include or --exclude. The last of them that matches a name decides; a name that none
/// matches is included.
struct Filter {
  bool include = true;
  /// As the shell's: * ? [a-z]; a * goes over '/' too. One that ends in '/' means all below.
  std::string pattern;
};
bool Includes(const std::vector<Filter>& filters, const std::string& name);

/// The filters among the arguments of a verb, in their order, which the option parser forgets.
std::vector<Filter> FiltersIn(const std::vector<std::string>& arguments);

/// What a side has under a name.
struct SyncEntry {
  uint64_t size = 0;    // bytes
  uint32_t crc32c = 0;  // of an object; a file's has to be computed
  std::string etag;     // of an object
};
using SyncEntries = std::map<std::string, SyncEntry>;

/// Names by what becomes of them. `compare` have the same size on both sides.
struct SyncPlan {
  std::vector<std::string> copy;
  std::vector<std::string> compare;
  std::vector<std::string> remove;  // of the destination; filled only with `remove_others`
};
SyncPlan PlanSync(const SyncEntries& source, const SyncEntries& destination, bool remove_others);

}  // namespace trebol::cli
