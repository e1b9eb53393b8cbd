#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "gateway/s3/http/answer_head.h"
#include "gateway/s3/http/input_buffer.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

void Put(InputBuffer* buffer, const std::string& bytes) {
  const absl::Span<char> room = buffer->Room(bytes.size(), 4096);
  std::memcpy(room.data(), bytes.data(), bytes.size());
  buffer->Filled(bytes.size());
}

TEST(InputBuffer, KeepsWhatWasTakenWhileItIsFilledOn) {
  InputBuffer buffer;
  Put(&buffer, std::string(1500, 'a') + std::string(1500, 'b'));
  const Bytes first = buffer.Take(1500);
  const Bytes second = buffer.Take(1400);
  Put(&buffer, std::string(3000, 'c'));  // a new block: there was no room
  EXPECT_EQ(buffer.unread(), std::string(100, 'b') + std::string(3000, 'c'));
  buffer.Skip(3100);
  buffer.Release();
  EXPECT_EQ(first, std::string(1500, 'a'));
  EXPECT_EQ(second, std::string(1400, 'b'));
}

TEST(InputBuffer, FillsABlockToItsEnd) {
  InputBuffer buffer;
  const char* const block = buffer.Room(1, 4096).data();
  for (int i = 0; i < 4096; ++i) {
    const absl::Span<char> room = buffer.Room(1, 4096);
    ASSERT_EQ(room.data(), block + i);
    room[0] = 'x';
    buffer.Filled(1);
    ASSERT_EQ(buffer.Take(1), "x");
  }
}

TEST(InputBuffer, KeepsWhatIsUnread) {
  InputBuffer buffer;
  EXPECT_EQ(buffer.unread(), "");
  Put(&buffer, "abc");
  buffer.Release();
  EXPECT_EQ(buffer.unread(), "abc");
}

TEST(AnswerHead, SaysWhatTheHandlerAndTheServerSay) {
  const HttpAnswer answer{.status = 404, .headers = {{"ETag", "\"x\""}, {"Connection", "close"}}};
  EXPECT_TRUE(AsksToClose(answer));
  EXPECT_EQ(*FormatHead(answer, {.length = 7, .close = true}, absl::FromUnixSeconds(784111777)),
            "HTTP/1.1 404 Not Found\r\nETag: \"x\"\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Length: 7\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(*FormatHead({.status = 200, .headers = {{"date", "now"}}}, {.chunked = true},
                        absl::UnixEpoch()),
            "HTTP/1.1 200 OK\r\ndate: now\r\nTransfer-Encoding: chunked\r\n\r\n");
}

TEST(AnswerHead, LetsNoValueBecomeAnotherHeader) {
  const auto refuses = [](int status, const std::string& name, const std::string& value) {
    return absl::IsInternal(
        FormatHead({.status = status, .headers = {{name, value}}}, {}, absl::UnixEpoch()).status());
  };
  EXPECT_TRUE(refuses(200, "X", "a\r\nSet-Cookie: b"));
  EXPECT_TRUE(refuses(200, "X", "a\nb"));
  EXPECT_TRUE(refuses(200, "X", std::string(1, '\0')));
  EXPECT_TRUE(refuses(200, "X: y", "a"));
  EXPECT_TRUE(refuses(200, "", "a"));
  EXPECT_TRUE(refuses(200, "content-Length", "1"));
  EXPECT_TRUE(refuses(200, "Transfer-Encoding", "chunked"));
  EXPECT_TRUE(refuses(100, "X", "a"));
  EXPECT_TRUE(refuses(600, "X", "a"));
  EXPECT_FALSE(refuses(200, "X", "a\tb \xc3\xa9"));
}

}  // namespace
}  // namespace trebol
