#include "gateway/s3/codec/form_data.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/unit/s3/codec_rig.h"

namespace trebol {
namespace {

std::string Field(const std::string& name, const std::string& value) {
  return absl::StrCat("--B\r\nContent-Disposition: form-data; name=\"", name, "\"\r\n\r\n", value,
                      "\r\n");
}
std::string File(const std::string& data, const std::string& filename = "a.txt") {
  return absl::StrCat("--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"", filename,
                      "\"\r\nContent-Type: text/plain\r\n\r\n", data, "\r\n");
}

struct Parsed {
  std::string code;
  std::string file;
  FormFields fields;
};

Parsed Parse(const std::string& body, const std::vector<uint8_t>& cuts = {}) {
  FormDataParser parser("B");
  Parsed parsed;
  for (const Bytes& piece : Cut(body, cuts)) {
    const auto output = parser.Feed(piece);
    if (!output.ok()) {
      EXPECT_EQ(parser.Finish(), output.status());
      parsed.code = CodeOf(output.status());
      return parsed;
    }
    parsed.file += std::string(*output);
  }
  parsed.code = CodeOf(parser.Finish());
  parsed.fields = parser.fields();
  return parsed;
}

TEST(FormData, ReadsWhatBrowsersSend) {
  const Parsed parsed = Parse(Field("Key", "user/${filename}") + Field("acl", "") +
                              File("line\r\n--A\r\n-", "C:\\dir\\a.txt") + "--B--\r\n");
  EXPECT_EQ(parsed.code, "OK");
  EXPECT_EQ(parsed.file, "line\r\n--A\r\n-");
  EXPECT_EQ(parsed.fields.Get("key"), "user/${filename}");
  EXPECT_EQ(parsed.fields.Substituted("key"), "user/a.txt");
  EXPECT_EQ(parsed.fields.Get("acl"), "");
  EXPECT_EQ(parsed.fields.fields.size(), 2u);
  EXPECT_EQ(parsed.fields.filename, "a.txt");
  EXPECT_EQ(parsed.fields.file_content_type, "text/plain");
}

TEST(FormData, PassesOverWhatFollowsTheFile) {
  EXPECT_EQ(Parse(Field("key", "k") + File("x") + Field("late", "y") + "--B--").code, "OK");
  EXPECT_EQ(Parse(Field("key", "k") + File("x") + Field("late", "y") + "--B--").file, "x");
  EXPECT_EQ(Parse(File("") + "--B--\r\nepilogue").code, "OK");
}

TEST(FormData, RefusesWhatIsNoForm) {
  EXPECT_EQ(Parse("").code, "MalformedPOSTRequest");
  EXPECT_EQ(Parse("preamble\r\n" + File("x") + "--B--").code, "MalformedPOSTRequest");
  EXPECT_EQ(Parse("--Bx\r\n\r\n").code, "MalformedPOSTRequest");
  EXPECT_EQ(Parse("--B\r\n\r\n\r\n").code, "MalformedPOSTRequest");
  EXPECT_EQ(Parse("--B\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n").code,
            "MalformedPOSTRequest");
  EXPECT_EQ(Parse("--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n").code,
            "MalformedPOSTRequest");
  EXPECT_EQ(Parse("--B\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n").code,
            "MalformedPOSTRequest");
  EXPECT_EQ(Parse("--B\r\nnonsense\r\n\r\nx\r\n").code, "MalformedPOSTRequest");
  EXPECT_EQ(Parse(Field("key", "\xff") + File("x") + "--B--").code, "MalformedPOSTRequest");
  EXPECT_EQ(Parse(Field("key", "k")).code, "MalformedPOSTRequest");
  EXPECT_EQ(Parse(Field("key", "k") + "--B--").code, "InvalidArgument");
  EXPECT_EQ(Parse(Field("key", "k") + Field("KEY", "l")).code, "InvalidArgument");
  EXPECT_EQ(Parse(File("x")).code, "IncompleteBody");
  EXPECT_EQ(Parse(File("x") + "--B").code, "IncompleteBody");
}

TEST(FormData, HasLimits) {
  EXPECT_EQ(Parse(Field("a", std::string(30'000, 'x'))).code, "MaxPostPreDataLengthExceededError");
  EXPECT_EQ(Parse("--B\r\nContent-Type: " + std::string(30'000, 'x')).code,
            "MaxPostPreDataLengthExceededError");
  std::string many;
  for (int i = 0; i < 101; ++i) many += Field(absl::StrCat(i), "");
  EXPECT_EQ(Parse(many).code, "MalformedPOSTRequest");
  const std::string large(1 << 20, 'x');
  EXPECT_EQ(Parse(File(large) + "--B--").file, large);
}

TEST(FormData, ReadsTheBoundary) {
  EXPECT_EQ(FormBoundary("multipart/form-data; boundary=abc").value(), "abc");
  EXPECT_EQ(FormBoundary("Multipart/Form-Data;Boundary=\"a b\"; charset=utf-8").value(), "a b");
  for (const std::string& text :
       {std::string(), std::string("text/plain"), std::string("multipart/form-data"),
        std::string("multipart/form-data; boundary="),
        std::string("multipart/form-data; boundary=\"a"),
        std::string("multipart/form-data; boundary=a; boundary=b"),
        "multipart/form-data; boundary=" + std::string(71, 'a')}) {
    EXPECT_EQ(CodeOf(FormBoundary(text).status()), "MalformedPOSTRequest") << text;
  }
}

RC_GTEST_PROP(FormData, GivesTheSameHoweverItIsCut,
              (const std::string& value, const std::string& data,
               const std::vector<uint8_t>& cuts)) {
  std::string ascii;
  for (const char c : value) ascii.push_back(static_cast<char>(c & 0x7F));
  RC_PRE(!absl::StrContains(ascii, "\r\n--B") && !absl::StrContains(data, "\r\n--B"));
  const Parsed parsed = Parse(Field("key", ascii) + File(data) + "--B--\r\n", cuts);
  RC_ASSERT(parsed.code == "OK");
  RC_ASSERT(std::string(parsed.fields.Get("key")) == ascii);
  RC_ASSERT(parsed.file == data);
}

}  // namespace
}  // namespace trebol
