#include "tests/unit/tree/api_reference.h"

#include <stdlib.h>

#include <fstream>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

constexpr char kPage[] = TREBOL_TREE "/docs/api.md";

TEST(ApiReference, SaysWhatTheProtosSay) {
  google::protobuf::FileDescriptorSet files;
  std::ifstream descriptors(TREBOL_DESCRIPTORS, std::ios::binary);
  ASSERT_TRUE(files.ParseFromIstream(&descriptors));
  const std::string made = MakeApiReference(files);
  EXPECT_THAT(made, HasSubstr("| `CompleteMultipartUpload` |"));
  EXPECT_THAT(made, HasSubstr("In constant time whatever the size"));
  if (getenv("TREBOL_WRITE_DOCS") != nullptr) std::ofstream(kPage) << made;
  std::stringstream page;
  page << std::ifstream(kPage).rdbuf();
  EXPECT_TRUE(page.str() == made) << kPage << " is not what the protos say; run ./dev docs";
}

}  // namespace
}  // namespace trebol
