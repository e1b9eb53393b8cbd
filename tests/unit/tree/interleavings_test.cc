// docs/reliability/interleavings.md names tests, programs and planted defects: each must exist.
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/unit/tree/source_tree.h"

namespace trebol {
namespace {

constexpr char kTree[] = TREBOL_TREE;

std::string ContentOf(const std::filesystem::path& path) {
  std::stringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

/// All that the first group matches, or the first two joined by a dot.
void Collect(const std::string& text, const std::regex& pattern, std::set<std::string>* found) {
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
    found->insert(at->size() > 2 ? at->str(1) + "." + at->str(2) : at->str(1));
  }
}

TEST(Interleavings, NameTestsProgramsAndDefectsThatExist) {
  const std::regex test(R"((?:TEST|TEST_F|TEST_P|RC_GTEST_PROP)\((\w+),\s*(\w+))");
  const std::regex defect(R"re(Planted\("([a-z._]+)"\))re");
  std::set<std::string> tests;
  std::set<std::string> defects;
  for (const SourceFile& file : ReadSourceTree(kTree)) {
    std::string text;
    for (const std::string& line : file.lines) text += line + "\n";
    Collect(text, file.path.starts_with("tests/") ? test : defect,
            file.path.starts_with("tests/") ? &tests : &defects);
  }
  ASSERT_GT(tests.size(), 500u);
  ASSERT_GT(defects.size(), 5u);
  std::set<std::string> programs;
  std::set<std::string> stories;
  const std::filesystem::path root = std::filesystem::path(kTree) / "tests";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".cmake" && entry.path().filename() != "CMakeLists.txt") {
      continue;
    }
    const std::string text = ContentOf(entry.path());
    Collect(text, std::regex(R"(trebol_(?:test|story)\(([a-z_0-9]+_test)\b)"), &programs);
    Collect(text, std::regex(R"(trebol_cluster_story\(([a-z_0-9]+))"), &stories);
  }
  for (const std::string& story : stories) programs.insert("integration_" + story + "_test");

  const std::string page = ContentOf(std::string(kTree) + "/docs/reliability/interleavings.md");
  const auto named = [&page](const char* pattern) {
    std::set<std::string> names;
    Collect(page, std::regex(pattern), &names);
    names.erase("Suite.Test");
    return names;
  };
  const auto named_tests = named(R"(`([A-Z]\w*\.[A-Z]\w*)`)");
  ASSERT_GT(named_tests.size(), 150u);
  for (const std::string& name : named_tests) EXPECT_TRUE(tests.contains(name)) << name;
  for (const std::string& name : named(R"(`([a-z_0-9]+_test)`)")) {
    EXPECT_TRUE(programs.contains(name)) << name;
  }
  for (const std::string& name : named(R"(`([a-z]+\.[a-z_]+)`)")) {
    EXPECT_TRUE(defects.contains(name)) << name;
  }
}

}  // namespace
}  // namespace trebol
