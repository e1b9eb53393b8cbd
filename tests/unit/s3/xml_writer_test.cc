#include "gateway/s3/codec/xml_writer.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gateway/s3/codec/xml_reader.h"

namespace trebol {
namespace {

TEST(XmlWriter, WritesElementsInANamespace) {
  XmlWriter xml("A");
  xml.Open("B");
  xml.Element("C", "x & y");
  xml.Optional("D", "");
  xml.Number("E", 18446744073709551615u);
  xml.Flag("F", false);
  xml.Close();
  xml.Date("G", absl::FromUnixMillis(1255369830123));
  xml.Etag("H", "abc-2");
  EXPECT_EQ(std::move(xml).Finish(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<A xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><B><C>x &amp; y</C>"
            "<E>18446744073709551615</E><F>false</F></B><G>2009-10-12T17:50:30.123Z</G>"
            "<H>&quot;abc-2&quot;</H></A>");
}

TEST(XmlWriter, EscapesAsS3Does) {
  std::string out;
  AppendXmlText("<a b=\"c\">&'\n\r\t\x01\x1f\x7f\xc3\xa9", &out);
  EXPECT_EQ(out, "&lt;a b=&quot;c&quot;&gt;&amp;'&#xA;&#xD;&#x9;&#x1;&#x1F;&#x7F;\xc3\xa9");
}

TEST(XmlWriter, ReplacesWhatIsNoUtf8) {
  std::string out;
  AppendXmlText("a\xff<", &out);
  EXPECT_EQ(out, "a\xEF\xBF\xBD&lt;");
}

RC_GTEST_PROP(XmlWriter, WhatIsWrittenIsReadBack, (const std::string& text)) {
  std::string ascii;
  for (const char c : text) ascii.push_back(static_cast<char>((c & 0x7F) == 0 ? 'x' : c & 0x7F));
  XmlWriter xml("A");
  xml.Element("B", absl::StrCat(ascii, "\xc3\xa9"));
  const auto read = ReadXml(std::move(xml).Finish(), "A");
  RC_ASSERT(read.ok());
  RC_ASSERT(std::string(read->TextOf("B")) == absl::StrCat(ascii, "\xc3\xa9"));
}

}  // namespace
}  // namespace trebol
