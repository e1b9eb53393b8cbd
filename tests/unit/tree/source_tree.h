#pragma once

#include <string>
#include <vector>

namespace trebol {

struct Include {
  int line = 0;
  std::string path;
};

/// A source file of ours: where it is from the root, its lines, and what it includes.
struct SourceFile {
  std::string path;
  std::vector<std::string> lines;
  std::vector<Include> includes;

  bool IsHeader() const { return path.ends_with(".h"); }
};

/// Every .h, .cc and .proto below `root`, in the order of their paths; without what is built
/// (build*) and what is hidden.
std::vector<SourceFile> ReadSourceTree(const std::string& root);

}  // namespace trebol
