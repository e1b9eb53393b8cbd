#include "common/stub/metered_storage_stub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/async/runtime.h"
#include "common/checksum/crc32c.h"
#include "tests/testing/fake_storage_stub.h"

namespace trebol {
namespace {

using testing::HasSubstr;

class MeteredStorageStubTest : public testing::Test {
 protected:
  MeteredStorageStubTest()
      : nodes_(std::make_shared<FakeStorageStub>()), metered_(nodes_, registry_) {}

  absl::Status Put(const std::string& endpoint) {
    const Bytes data(std::string("bytes"));
    v1::PutChunkRequest header;
    header.set_crc32c(Crc32c(data));
    return runtime_.BlockOn(metered_.PutChunk(BackgroundContext(), endpoint, header, data))
        .status();
  }
  std::string Line(const std::string& method, int count) const {
    return "trebol_gateway_node_calls_total{method=\"" + method + "\"} " + std::to_string(count) +
           "\n";
  }

  Registry registry_;
  Runtime runtime_{1};
  const std::shared_ptr<FakeStorageStub> nodes_;
  MeteredStorageStub metered_;
};

TEST_F(MeteredStorageStubTest, CountsEachCallWhetherItSucceedsOrNot) {
  nodes_->Set("n2", {.put = absl::UnavailableError("down")});
  EXPECT_TRUE(Put("n1").ok());
  EXPECT_TRUE(absl::IsUnavailable(Put("n2")));
  EXPECT_THAT(registry_.Render(), HasSubstr(Line("PutChunk", 2)));
  EXPECT_EQ(nodes_->puts("n1"), 1);
  EXPECT_EQ(nodes_->puts("n2"), 1);
}

TEST_F(MeteredStorageStubTest, CountsMethodsApart) {
  EXPECT_TRUE(Put("n1").ok());
  for (int i = 0; i < 3; ++i) {
    runtime_.BlockOn(metered_.GetChunk(BackgroundContext(), "n1", {})).status().IgnoreError();
  }
  EXPECT_THAT(registry_.Render(), HasSubstr(Line("GetChunk", 3)));
  EXPECT_THAT(registry_.Render(), HasSubstr(Line("PutChunk", 1)));
  EXPECT_THAT(registry_.Render(), HasSubstr(Line("StatChunk", 0)));
}

}  // namespace
}  // namespace trebol
