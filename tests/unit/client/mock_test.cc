// What users have for their own tests.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "client/mock_connection.h"

namespace trebol::client {
namespace {

using ::testing::_;
using ::testing::ByMove;
using ::testing::Field;
using ::testing::Return;
using ::testing::SizeIs;

class MockedClient : public ::testing::Test {
 protected:
  std::shared_ptr<MockConnection> connection_ = std::make_shared<MockConnection>();
  Client client_{connection_};
};

TEST_F(MockedClient, ReadsWhatTheTestGives) {
  EXPECT_CALL(*connection_, OpenObject(_, "photos", "a", _))
      .WillOnce(Return(ByMove(MakeReader({.size = 3, .etag = "e"}, "abc"))))
      .WillOnce(Return(ByMove(MakeReader({}, ""))))
      .WillOnce(Return(ByMove(MakeReader({}, "ab", 0, absl::DataLossError("torn")))));
  std::string got;
  const Sink sink = [&got](absl::string_view bytes) {
    got.append(bytes.data(), bytes.size());
    return absl::OkStatus();
  };
  EXPECT_EQ(client_.GetObject("photos", "a", sink)->etag, "e");
  EXPECT_EQ(got, "abc");
  EXPECT_TRUE(client_.GetObject("photos", "a", sink).ok());
  EXPECT_TRUE(absl::IsDataLoss(client_.GetObject("photos", "a", sink).status()));
  EXPECT_EQ(got, "abcab");
}

TEST_F(MockedClient, PassesItsTimeoutOn) {
  EXPECT_CALL(*connection_, HeadBucket(Field(&CallContext::timeout, absl::Seconds(3)), "photos"))
      .WillOnce(Return(Bucket()));
  EXPECT_TRUE(client_.WithTimeout(absl::Seconds(3)).HeadBucket("photos").ok());
}

TEST_F(MockedClient, ChecksNamesAndSplitsBatchesItself) {
  EXPECT_CALL(*connection_, HeadObject).Times(0);
  EXPECT_TRUE(absl::IsInvalidArgument(client_.HeadObject("X", "a").status()));
  const auto answer = [](size_t n) {
    return std::vector<absl::StatusOr<DeleteObjectResult>>(n, DeleteObjectResult());
  };
  EXPECT_CALL(*connection_, DeleteObjects(_, "photos", SizeIs(1'000)))
      .WillOnce(Return(answer(1'000)));
  EXPECT_CALL(*connection_, DeleteObjects(_, "photos", SizeIs(1))).WillOnce(Return(answer(1)));
  EXPECT_THAT(client_.DeleteObjects("photos", std::vector<DeleteEntry>(1'001, {.key = "a"})),
              SizeIs(1'001));
}

TEST_F(MockedClient, ABatchWithTooFewResultsIsAnError) {
  EXPECT_CALL(*connection_, DeleteObjects)
      .WillOnce(Return(std::vector<absl::StatusOr<DeleteObjectResult>>()));
  EXPECT_TRUE(absl::IsInternal(client_.DeleteObjects("photos", {{.key = "a"}})[0].status()));
}

TEST(OwnConnection, AnswersUnimplementedForWhatItLacks) {
  class OnlyHeads : public Connection {
   public:
    absl::StatusOr<Bucket> HeadBucket(const CallContext&, const std::string& bucket) override {
      return Bucket{.name = bucket};
    }
  };
  const Client client(std::make_shared<OnlyHeads>());
  EXPECT_EQ(client.HeadBucket("photos")->name, "photos");
  const absl::Status status = client.DeleteBucket("photos");
  EXPECT_TRUE(absl::IsUnimplemented(status));
  EXPECT_EQ(status.message(), "this connection does not offer DeleteBucket");
}

TEST(MockReader, GivesBytesByNextAndByRead) {
  ObjectReader reader = MakeReader({}, "abcdef", 7);
  EXPECT_EQ(reader.offset(), 7u);
  EXPECT_EQ(reader.length(), 6u);
  char two[2];
  EXPECT_EQ(*reader.Read(two, 2), 2u);
  EXPECT_EQ(*reader.Next(), "cdef") << "the rest of what Read is in";
  EXPECT_EQ(*reader.Read(two, 2), 0u);
  EXPECT_TRUE(reader.Next()->empty());
}

}  // namespace
}  // namespace trebol::client
