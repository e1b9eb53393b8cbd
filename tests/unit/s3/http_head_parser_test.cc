#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "gateway/s3/http/head_parser.h"

namespace trebol {
namespace {

using State = HeadScanner::State;

std::variant<ParsedHead, HeadRefusal> Parse(const std::string& head) {
  HeadScanner scanner;
  if (scanner.Scan(head) != State::kWhole || scanner.size() != head.size()) {
    return HeadRefusal{400, "scan", "scan"};
  }
  return ParseHead(head, 8 * kKiB);
}

ParsedHead Good(const std::string& head) {
  auto parsed = Parse(head);
  if (auto* refusal = std::get_if<HeadRefusal>(&parsed)) {
    ADD_FAILURE() << head << " is refused: " << refusal->message;
    return {};
  }
  return std::get<ParsedHead>(parsed);
}

int StatusOf(const std::string& head) {
  const auto parsed = Parse(head);
  const auto* refusal = std::get_if<HeadRefusal>(&parsed);
  if (refusal != nullptr) EXPECT_FALSE(refusal->message.empty() || refusal->code.empty());
  return refusal == nullptr ? 0 : refusal->status;
}

TEST(HeadParser, ReadsAHead) {
  const ParsedHead parsed = Good(
      "PUT /b/k%20y?partNumber=1&x HTTP/1.1\r\nHost: s3.example:9000\r\nX-Amz-Date:\t now \t\r\n"
      "x-empty:\r\nContent-Length: 42\r\nExpect: 100-Continue\r\n\r\n");
  EXPECT_EQ(parsed.head.method, "PUT");
  EXPECT_EQ(parsed.head.path, "/b/k%20y");
  EXPECT_EQ(parsed.head.query, "partNumber=1&x");
  EXPECT_EQ(parsed.head.Header("host"), "s3.example:9000");
  EXPECT_EQ(parsed.head.Header("x-amz-date"), "now");
  EXPECT_EQ(parsed.head.Count("x-empty"), 1);
  EXPECT_EQ(parsed.content_length, 42);
  EXPECT_TRUE(parsed.expects_continue && parsed.keep_alive && parsed.http_1_1);
  EXPECT_FALSE(parsed.chunked);
}

TEST(HeadParser, TakesTheAbsoluteForm) {
  const ParsedHead parsed =
      Good("GET http://A.example:80?list HTTP/1.1\r\nHost: a.example:80\r\n\r\n");
  EXPECT_EQ(parsed.head.path, "/");
  EXPECT_EQ(parsed.head.query, "list");
  EXPECT_EQ(Good("GET https://a/b?c HTTP/1.1\r\nHost: a\r\n\r\n").head.path, "/b");
  EXPECT_EQ(StatusOf("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET http://a@b/ HTTP/1.1\r\nHost: b\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET http:///x HTTP/1.1\r\nHost: b\r\n\r\n"), 400);
}

TEST(HeadParser, KnowsWhenTheConnectionIsKept) {
  EXPECT_FALSE(Good("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n").keep_alive);
  EXPECT_FALSE(Good("GET / HTTP/1.0\r\nHost: a\r\n\r\n").keep_alive);
  EXPECT_TRUE(Good("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive);
  EXPECT_FALSE(Good("PUT / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").expects_continue);
}

TEST(HeadParser, TakesTheAsteriskOfOptionsOnly) {
  EXPECT_EQ(Good("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").head.path, "*");
  EXPECT_EQ(StatusOf("GET * HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

TEST(HeadParser, RefusesWhatServersReadDifferently) {
  for (const char* headers : {"Content-Length: 1\r\nTransfer-Encoding: chunked",
                              "Content-Length: 1\r\nContent-Length: 2",
                              "Content-Length: 1\r\nContent-Length: 1",
                              "Content-Length: 1, 1",
                              "Content-Length: +1",
                              "Content-Length: -1",
                              "Content-Length: 0x1",
                              "Content-Length:",
                              "Content-Length: 1 2",
                              "Content-Length: 18446744073709551617",
                              "Transfer-Encoding: gzip",
                              "Transfer-Encoding: gzip, chunked",
                              "Transfer-Encoding: chunked, identity",
                              "Transfer-Encoding: xchunked",
                              "Transfer-Encoding: \"chunked\"",
                              "Transfer-Encoding:",
                              "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                              "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                              "Transfer-Encoding : chunked",
                              "Transfer-Encoding\t: chunked",
                              "X: a\r\n b",
                              "X: a\r\n\tb",
                              " X: a",
                              "X",
                              ": a",
                              "X Y: a",
                              "X(: a",
                              "X\x80: a",
                              "Host: a"}) {
    EXPECT_EQ(StatusOf(absl::StrCat("PUT / HTTP/1.1\r\nHost: a\r\n", headers, "\r\n\r\n")), 400)
        << headers;
  }
  EXPECT_EQ(StatusOf("PUT / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

TEST(HeadParser, RefusesControlCharacters) {
  for (char c : std::string("\0\1\b\n\v\f\r\x1f\x7f", 9)) {
    const std::string value = absl::StrCat("a", std::string(1, c), "b");
    EXPECT_EQ(StatusOf(absl::StrCat("GET / HTTP/1.1\r\nHost: a\r\nX: ", value, "\r\n\r\n")), 400)
        << int{c};
    EXPECT_EQ(StatusOf(absl::StrCat("GET /", value, " HTTP/1.1\r\nHost: a\r\n\r\n")), 400);
  }
  EXPECT_EQ(Good("GET / HTTP/1.1\r\nHost: a\r\nX: a\tb \xc3\xa9\r\n\r\n").head.Header("x"),
            "a\tb \xc3\xa9");
}

TEST(HeadParser, WantsOneHost) {
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/1.0\r\n\r\n"), 0);
  for (const char* host : {"", "a b", "a,b", "a/b", "a@b", "a?b", "a\\b", "\xc3\xa9"}) {
    EXPECT_EQ(StatusOf(absl::StrCat("GET / HTTP/1.1\r\nHost: ", host, "\r\n\r\n")), 400) << host;
  }
  EXPECT_EQ(StatusOf("GET / HTTP/1.1\r\nHost: [::1]:9000\r\n\r\n"), 0);
}

TEST(HeadParser, RefusesOtherRequestLines) {
  for (const char* line :
       {"GET  / HTTP/1.1", "GET / HTTP/1.1 ", "GET /  HTTP/1.1", "GET /a b HTTP/1.1",
        " GET / HTTP/1.1", "GET\t/ HTTP/1.1", "GET / http/1.1", "GET / HTTP/1.1x", "GET / HTTP/11",
        "GET /", "GET", "G(T / HTTP/1.1", "GET a HTTP/1.1", "CONNECT a:1 HTTP/1.1",
        "GET /#a HTTP/1.1", "GET  HTTP/1.1", " / HTTP/1.1", "GET ftp://a/ HTTP/1.1"}) {
    EXPECT_EQ(StatusOf(absl::StrCat(line, "\r\nHost: a\r\n\r\n")), 400) << line;
  }
  EXPECT_EQ(StatusOf("PRI * HTTP/2.0\r\nHost: a\r\n\r\n"), 505);
  EXPECT_EQ(StatusOf("GET / HTTP/1.2\r\nHost: a\r\n\r\n"), 505);
  EXPECT_EQ(
      StatusOf(absl::StrCat("GET /", std::string(8 * kKiB, 'x'), " HTTP/1.1\r\nHost: a\r\n\r\n")),
      414);
}

TEST(HeadScanner, FindsTheEndHoweverTheBytesCome) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string input = head + "GET /next";
  HeadScanner scanner;
  for (size_t size = 0; size < head.size(); ++size) {
    ASSERT_EQ(scanner.Scan(input.substr(0, size)), State::kMore) << size;
  }
  EXPECT_EQ(scanner.Scan(input), State::kWhole);
  EXPECT_EQ(scanner.size(), head.size());
}

TEST(HeadScanner, StopsAtOnceAtWhatNoHeadHolds) {
  for (const std::string input : {"GET / HTTP/1.1\n", "GET / HTTP/1.1\r\nA: b\n", "GET /\rX",
                                  "\x16\x03\x01", "GET / HTTP/1.1\r\nA: b\r\n\n", "\r\n"}) {
    EXPECT_EQ(HeadScanner().Scan(input), State::kBroken) << input;
  }
}

}  // namespace
}  // namespace trebol
