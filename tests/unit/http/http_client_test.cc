#include "common/http/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/unit/http/raw_client.h"

namespace trebol {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr absl::Duration kPatience = absl::Seconds(60);

/// What HttpGet makes of a server that answers `bytes`.
absl::StatusOr<HttpReply> GetFrom(const std::string& bytes) {
  RawServer server;
  std::jthread answering([&] { server.AnswerOnce(bytes); });
  return HttpGet(absl::StrCat("127.0.0.1:", server.port()), "/", kPatience);
}

TEST(HttpGet, ReadsStatusTypeAndBody) {
  const HttpReply reply =
      GetFrom("HTTP/1.1 503 No\r\nContent-Type: a/b\r\nContent-Length: 5\r\n\r\nhello").value();
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.content_type, "a/b");
  EXPECT_EQ(reply.body, "hello");
  EXPECT_EQ(GetFrom("HTTP/1.1 200 OK\r\n\r\nuntil the end").value().body, "until the end");
}

TEST(HttpGet, ExplainsAPeerThatSpeaksSomethingElse) {
  const absl::Status status = GetFrom(std::string("\0\0\x12\x04\0\0\0\0\0", 9)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("does not speak HTTP/1.1"));
}

TEST(HttpGet, ExplainsAPeerThatBreaksOff) {
  EXPECT_EQ(GetFrom("").status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(GetFrom("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel").status().code(),
            absl::StatusCode::kUnavailable);
}

TEST(HttpGet, RefusesAnEndlessAnswer) {
  EXPECT_THAT(
      std::string(
          GetFrom("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n").status().message()),
      HasSubstr("more than 16 MiB"));
  EXPECT_FALSE(GetFrom("HTTP/1.1 200 OK\r\nX: " + std::string(1 << 20, 'x')).ok());
}

TEST(HttpGet, GivesUpOnAPeerThatSaysNothing) {
  const RawServer silent;  // connects, by the backlog, but never answers
  const absl::Status status =
      HttpGet(absl::StrCat("127.0.0.1:", silent.port()), "/", absl::Milliseconds(200)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(status.message()), HasSubstr("did not answer within 200ms"));
}

TEST(HttpGet, NamesAnAddressWhereNobodyListens) {
  auto server = std::make_unique<RawServer>();
  const std::string address = absl::StrCat("127.0.0.1:", server->port());
  server.reset();
  const absl::Status status = HttpGet(address, "/", kPatience).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr(address), HasSubstr("refused")));
}

TEST(HttpGet, RefusesMalformedArguments) {
  EXPECT_EQ(HttpGet("nowhere", "/", kPatience).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(HttpGet("127.0.0.1:1", "a", kPatience).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(HttpGet("127.0.0.1:1", "/a\r\nX: y", kPatience).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace trebol
