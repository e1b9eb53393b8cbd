// What deploy/ says twice has to stay the same.

#include <fstream>
#include <iterator>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace {

using ::testing::HasSubstr;

std::string Read(const std::string& path) {
  std::ifstream in(TREBOL_TREE "/" + path);
  return std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

/// What an image is, apart from where its programs came from.
std::string SettingsOfImage(const std::string& dockerfile) {
  const std::string text = Read(dockerfile);
  const size_t begin = text.find("\nENV ");
  return begin == std::string::npos ? "" : text.substr(begin);
}

TEST(Deploy, TheCompiledImageIsSetUpLikeTheOneThatIsTested) {
  const std::string tested = SettingsOfImage("deploy/docker/Dockerfile.prebuilt");
  EXPECT_THAT(tested, HasSubstr("USER 10001:10001"));
  EXPECT_EQ(SettingsOfImage("deploy/docker/Dockerfile"), tested);
}

TEST(Deploy, TheCompiledImageHasTheProgramsOfTheOneThatIsTested) {
  for (const char* file : {"deploy/docker/Dockerfile", "deploy/docker/Dockerfile.prebuilt"}) {
    for (const char* program : {"trebol", "trebol-gateway", "trebol-metadata", "trebol-storage"}) {
      EXPECT_THAT(Read(file), HasSubstr(std::string("build/bin/") + program + " ")) << file;
    }
  }
}

}  // namespace
