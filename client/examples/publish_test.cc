// How a program that uses the client is tested: without a cluster, on a mock of its connection.
#include "publish.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <trebol/mock_connection.h>

namespace {

using ::testing::_;
using ::testing::Return;
using trebol::client::CallContext;
using trebol::client::Client;
using trebol::client::CopyObjectResult;
using trebol::client::ErrorReason;
using trebol::client::ErrorWithReason;
using trebol::client::MockConnection;
using trebol::client::ObjectInfo;
using trebol::client::PutObjectOptions;
using trebol::client::ReadAll;
using trebol::client::Source;

class PublishTest : public ::testing::Test {
 protected:
  std::shared_ptr<MockConnection> connection_ = std::make_shared<MockConnection>();
  Client client_{connection_};
};

TEST_F(PublishTest, KeepsTheOldPage) {
  EXPECT_CALL(*connection_, CopyObject(_, "site", "index.html", "site", "index.html.old", _))
      .WillOnce(Return(CopyObjectResult()));
  EXPECT_CALL(*connection_, PutObject(_, "site", "index.html", _, _))
      .WillOnce([](const CallContext&, const std::string&, const std::string&, const Source& source,
                   const PutObjectOptions& options) {
        EXPECT_EQ(*ReadAll(source), "<p>new</p>");
        EXPECT_EQ(options.content_type, "text/html");
        return ObjectInfo{.size = 10};
      });
  EXPECT_TRUE(Publish(client_, "site", "index.html", "<p>new</p>").ok());
}

TEST_F(PublishTest, TheFirstPageHasNoOldOne) {
  EXPECT_CALL(*connection_, CopyObject)
      .WillOnce(Return(
          ErrorWithReason(absl::StatusCode::kNotFound, ErrorReason::kObjectNotFound, "none")));
  EXPECT_CALL(*connection_, PutObject).WillOnce(Return(ObjectInfo()));
  EXPECT_TRUE(Publish(client_, "site", "index.html", "<p>new</p>").ok());
}

TEST_F(PublishTest, WritesNothingWhenTheOldPageCannotBeKept) {
  EXPECT_CALL(*connection_, CopyObject).WillOnce(Return(absl::UnavailableError("down")));
  EXPECT_CALL(*connection_, PutObject).Times(0);
  EXPECT_TRUE(absl::IsUnavailable(Publish(client_, "site", "index.html", "<p>new</p>")));
}

}  // namespace
