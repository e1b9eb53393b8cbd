// The SDK as a stranger gets it: installed into a folder of its own, found with find_package, built
// into the examples, which then work on a cluster.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "tests/testing/made_bytes.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr uintmax_t kLargestExample = 3 << 20;  // stripped, and without what is gRPC's

class SdkPackage : public testing::Story {
 protected:
  static void SetUpTestSuite() {
    folder_ = new testing::TemporaryDirectory();
    Must({"cmake", "--install", TREBOL_BUILD, "--prefix", Prefix(), "--component", "sdk"});
  }
  static void TearDownTestSuite() { delete folder_; }

  static std::string Prefix() { return folder_->path() + "/prefix"; }
  static std::string Examples() { return folder_->path() + "/examples"; }

  static std::string Must(const std::vector<std::string>& argv) {
    const auto result = testing::RunProgram(argv, {.timeout = absl::Minutes(5)});
    EXPECT_EQ(result.exit_code, 0) << argv[0] << ": " << result.out << result.err;
    return result.out;
  }

  /// Configures and builds a project that uses the installed package.
  static void Build(const std::string& source, const std::string& to) {
    Must({"cmake", "-S", source, "-B", to, "-G", "Ninja",
          absl::StrCat("-DCMAKE_PREFIX_PATH=", Prefix()), "-DCMAKE_BUILD_TYPE=Release",
          absl::StrCat("-DCMAKE_CXX_COMPILER=", TREBOL_COMPILER),
          // Nothing of this tree may help.
          "-DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF"});
    Must({"ninja", "-C", to, "-j", "2"});
  }

  /// What a program of the examples prints.
  std::string Run(const std::string& name, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), Examples() + "/" + name);
    return Must(arguments);
  }

 private:
  static testing::TemporaryDirectory* folder_;
};

testing::TemporaryDirectory* SdkPackage::folder_ = nullptr;

TEST_F(SdkPackage, EveryHeaderCompilesAlone) {
  const std::string source = dir() + "/headers";
  fs::create_directories(source);
  std::string project =
      "cmake_minimum_required(VERSION 3.25)\nproject(headers LANGUAGES CXX)\n"
      "find_package(trebol 0.1 REQUIRED)\nadd_compile_options(-Wall -Wextra -Werror)\n"
      "add_library(headers OBJECT";
  size_t headers = 0;
  for (const auto& entry : fs::directory_iterator(Prefix() + "/include/trebol")) {
    const std::string name = entry.path().stem();
    std::ofstream(source + "/" + name + ".cc") << "#include <trebol/" << name << ".h>\n";
    absl::StrAppend(&project, " ", name, ".cc");
    ++headers;
  }
  EXPECT_EQ(headers, 13u);
  std::ofstream(source + "/CMakeLists.txt")
      << project << ")\ntarget_link_libraries(headers PRIVATE trebol::client)\n";
  Build(source, source + "/build");
}

TEST_F(SdkPackage, HeadersNameOnlyTheStandardLibraryAbseilAndEachOther) {
  for (const auto& entry : fs::directory_iterator(Prefix() + "/include/trebol")) {
    const std::string name = entry.path().filename();
    for (absl::string_view line : absl::StrSplit(testing::ContentsOf(entry.path()), '\n')) {
      if (!absl::ConsumePrefix(&line, "#include ")) continue;
      const bool standard = absl::StartsWith(line, "<") && !absl::StrContains(line, "/") &&
                            !absl::StrContains(line, ".h>");
      const bool known = absl::StartsWith(line, "\"absl/") || absl::StartsWith(line, "\"trebol/");
      const bool mock = name == "mock_connection.h" && line == "<gmock/gmock.h>";
      EXPECT_TRUE(standard || known || mock) << name << ": " << line;
      EXPECT_FALSE(absl::StrContains(line, "trebol/v1")) << name << ": " << line;
    }
  }
}

TEST_F(SdkPackage, TheExamplesBuildAndWork) {
  Build(absl::StrCat(TREBOL_TREE, "/client/examples"), Examples());
  EXPECT_THAT(Run("publish_test", {}), HasSubstr("[  PASSED  ] 3 tests."));

  const std::string small = Examples() + "/quickstart.stripped";
  Must({"strip", "-o", small, Examples() + "/quickstart"});
  const uintmax_t size = fs::file_size(small);
  std::cout << "the stripped quickstart has " << size << " bytes" << std::endl;
  RecordProperty("stripped_bytes", absl::StrCat(size));
  EXPECT_LT(size, kLargestExample);
  EXPECT_GT(size, uintmax_t{100'000}) << "it cannot have the client in it";

  StartCluster();
  const std::string endpoint = cluster().GatewayEndpoints().front();
  EXPECT_THAT(Run("quickstart", {endpoint}),
              ::testing::AllOf(StartsWith("15 bytes stored"), HasSubstr("Hello, clover!")));

  const std::string bytes = testing::MadeBytes{.seed = 5, .size = (40 << 20) + 7}.All();
  std::ofstream(dir() + "/file", std::ios::binary) << bytes;
  EXPECT_THAT(Run("upload_file", {dir() + "/file", "examples", "large", dir() + "/copy", endpoint}),
              HasSubstr("in 6 parts"));
  EXPECT_TRUE(testing::ContentsOf(dir() + "/copy") == bytes);

  for (const char* count : {"1\n", "2\n", "3\n"}) {
    EXPECT_EQ(Run("compare_and_set", {"examples", "counter", endpoint}), count);
  }
  const std::string listed = Run("list_objects", {"examples", "", endpoint});
  EXPECT_THAT(listed, HasSubstr(absl::StrCat("large\t", bytes.size(), "\t")));
  EXPECT_THAT(listed, HasSubstr("counter\t1\t"));
}

}  // namespace
}  // namespace trebol
