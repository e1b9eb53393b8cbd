#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "cli/console.h"
#include "cli/object_url.h"
#include "client/client.h"

namespace trebol::cli {

/// Standard input or output.
struct StandardStream {};

/// A path; as a destination, made of a root that may be created and what is below it.
struct LocalPath {
  std::string root;
  std::string relative;  // empty: root is the file

  std::string ToString() const;
};

using Place = std::variant<StandardStream, LocalPath, ObjectUrl>;

std::string Describe(const Place& place);

struct CopyItem {
  Place source;
  Place destination;
  uint64_t size = 0;  // bytes, as far as known
  bool size_known = true;
};

struct CopyPlan {
  std::vector<CopyItem> items;
  std::vector<std::string> skipped;  // a line for each thing that needs no copy
  bool bad_usage = false;            // named on the console; nothing shall be copied

  uint64_t TotalBytes() const;
  bool TotalKnown() const;
};

struct PlanOptions {
  bool recursive = false;
  std::string version;  // of the one source object; empty: the latest
  /// Whether symbolic links to directories, below a source directory, are followed.
  bool follow_directories = true;
};

/// What `trebol cp [-r] SOURCE... DESTINATION` will copy, and where to. What cannot be copied is
/// named on the console. A recursive plan holds a name for every file.
CopyPlan PlanCopy(const client::Client& client, const std::vector<std::string>& sources,
                  const std::string& destination, const PlanOptions& options, Console& console);

}  // namespace trebol::cli
