#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gateway/s3/http/chunked_decoder.h"
#include "tests/testing/seed.h"

namespace trebol {
namespace {

/// Feeds `input` in pieces whose sizes `next` gives, keeping what is not consumed, as a connection
/// does. "bad" for another coding; `rest`: what was not consumed at the end.
template <typename Next>
std::string Decode(const std::string& input, Next next, std::string* rest = nullptr) {
  ChunkedDecoder decoder;
  std::string waiting;
  std::string body;
  size_t at = 0;
  while (true) {
    const auto step = decoder.Next(waiting);
    if (!step.ok()) {
      EXPECT_TRUE(absl::IsInvalidArgument(step.status()));
      return "bad";
    }
    body += waiting.substr(step->coding, step->data);
    waiting.erase(0, step->coding + step->data);
    if (step->coding + step->data > 0) continue;
    if (decoder.ended() || at >= input.size()) break;
    const size_t size = next();
    waiting += input.substr(at, size);
    at += size;
  }
  if (rest != nullptr) *rest = waiting + input.substr(std::min(at, input.size()));
  return decoder.ended() ? body : body + " and more";
}

std::string Whole(const std::string& input) {
  return Decode(input, [&] { return input.size(); });
}

TEST(ChunkedDecoder, TakesTheCodingOff) {
  EXPECT_EQ(Whole("5\r\nhello\r\n1;a=b\r\n \r\n00A ; x\r\n0123456789\r\n0\r\n\r\n"),
            "hello 0123456789");
  EXPECT_EQ(Whole("0\r\n\r\n"), "");
  EXPECT_EQ(Whole("1\r\nx\r\n0\r\nA: b\r\nC: d\r\n\r\n"), "x");
  EXPECT_EQ(Whole("5\r\nhel"), "hel and more");
  EXPECT_EQ(Whole("5\r\nhello\r\n0\r\n"), "hello and more");
}

TEST(ChunkedDecoder, LeavesWhatFollows) {
  std::string rest;
  const std::string input = "1\r\nx\r\n0\r\n\r\nGET /";
  for (size_t size = 1; size <= input.size(); ++size) {
    EXPECT_EQ(Decode(input, [&] { return size; }, &rest), "x");
    EXPECT_EQ(rest, "GET /");
  }
}

TEST(ChunkedDecoder, RefusesEveryOtherCoding) {
  for (const char* input : {"\r\n",
                            "x\r\n",
                            "5\nhello",
                            "5\r\nhello0\r\n\r\n",
                            "5\r\nhello\n0",
                            "5\r\nhello\r0",
                            "-1\r\n",
                            "+1\r\n",
                            "0x1\r\n",
                            " 1\r\n",
                            "1 \r\n",
                            "1 2\r\n",
                            "1\t\r\n",
                            "1:\r\n",
                            "1000000000000000\r\n",
                            "1;\1\r\n",
                            "1\r\r\n",
                            "0\r\nno header\r\n\r\n",
                            "0\r\n: x\r\n\r\n",
                            "0\r\n a: x\r\n\r\n",
                            "0\r\n\n"}) {
    EXPECT_EQ(Whole(input), "bad") << input;
  }
  EXPECT_EQ(Whole("1;" + std::string(ChunkedDecoder::kMaxLine, 'x')), "bad");
  std::string trailers;
  for (int i = 0; i < 40; ++i) absl::StrAppend(&trailers, "name: ", std::string(40, 'x'), "\r\n");
  EXPECT_EQ(Whole("0\r\n" + trailers + "\r\n"), "bad");
}

TEST(ChunkedDecoder, IsIndifferentToHowTheBytesCome) {
  std::mt19937_64 random(TestSeed());
  for (int round = 0; round < 300; ++round) {
    std::string body;
    std::string input;
    for (size_t chunks = random() % 6; chunks > 0; --chunks) {
      const std::string chunk(1 + random() % 3000, static_cast<char>(random()));
      absl::StrAppend(&input, absl::Hex(chunk.size()), "\r\n", chunk, "\r\n");
      body += chunk;
    }
    input += "0\r\n\r\n";
    const size_t most = 1 + random() % 2000;
    ASSERT_EQ(Decode(input, [&] { return 1 + random() % most; }), body);
  }
}

}  // namespace
}  // namespace trebol
