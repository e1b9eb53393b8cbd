#include "common/config/settings_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace trebol {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SettingsFileTest : public ::testing::Test {
 protected:
  SettingsFileTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "settings-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~SettingsFileTest() override { std::filesystem::remove_all(directory_); }

  absl::StatusOr<SettingsFile> Read(const std::string& content) {
    std::ofstream(Path()) << content;
    return ReadSettingsFile(Path());
  }
  std::string Why(const std::string& content) {
    return std::string(Read(content).status().message());
  }
  std::string Path() const { return directory_ + "/trebol.toml"; }

  std::string directory_;
};

TEST_F(SettingsFileTest, KeepsTextsAndLines) {
  const SettingsFile file = Read(R"(# comment
[storage]
data = "/srv"
weight = 1.5
sync = true
copies = 3
metadata = ["a:1", "b:2"]

[log]
)")
                                .value();
  ASSERT_EQ(file.settings.size(), 5u);
  EXPECT_EQ(file.settings[0].section, "storage");
  EXPECT_EQ(file.settings[0].key, "data");
  EXPECT_EQ(file.settings[0].line, 3);
  EXPECT_THAT(file.settings[0].texts, ElementsAre("/srv"));
  EXPECT_THAT(file.settings[1].texts, ElementsAre("1.5"));
  EXPECT_THAT(file.settings[2].texts, ElementsAre("true"));
  EXPECT_THAT(file.settings[3].texts, ElementsAre("3"));
  EXPECT_THAT(file.settings[4].texts, ElementsAre("a:1", "b:2"));
  EXPECT_EQ(file.sections.size(), 2u);
  EXPECT_TRUE(Read("").value().settings.empty());
}

TEST_F(SettingsFileTest, NamesTheLineOfAMistake) {
  EXPECT_THAT(Why("[storage]\ndata = \n"), HasSubstr("trebol.toml:2: "));
  EXPECT_THAT(Why("[storage]\na = 1\na = 2\n"), HasSubstr("trebol.toml:3: "));
  EXPECT_THAT(Why("data = 1\n"), HasSubstr("trebol.toml:1: 'data' stands outside of any"));
  EXPECT_THAT(Why("[a]\n[a.b]\nc = 1\n"), HasSubstr("a setting is a string"));
  EXPECT_THAT(Why("[a]\nb = [[1]]\n"), HasSubstr("trebol.toml:2: a list holds"));
  EXPECT_THAT(Why("[a]\nb = 2026-01-01\n"), HasSubstr("trebol.toml:2: a setting is"));
  EXPECT_THAT(Why("[a]\nb = \"\xff\"\n"), HasSubstr("trebol.toml:2: "));
  EXPECT_THAT(Why("[a]\nb = " + std::string(10000, '[')), HasSubstr("trebol.toml:2: "));
}

TEST_F(SettingsFileTest, NamesAFileThatCannotBeRead) {
  const absl::Status missing = ReadSettingsFile(directory_ + "/none.toml").status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.message()), HasSubstr("none.toml' cannot be read"));
  EXPECT_THAT(std::string(ReadSettingsFile(directory_).status().message()),
              HasSubstr("cannot be read"));
  EXPECT_THAT(std::string(ReadSettingsFile("/dev/zero").status().message()),
              HasSubstr("larger than 1 MiB"));
}

}  // namespace
}  // namespace trebol
