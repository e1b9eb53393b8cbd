#include "gateway/s3/codec/xml_reader.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/unit/s3/codec_rig.h"

namespace trebol {
namespace {

TEST(XmlReader, ReadsAnyNamespaceOrNone) {
  for (const char* text :
       {"<A><B>x</B></A>", "<A xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><B>x</B></A>",
        "<s:A xmlns:s=\"urn:other\"><s:B>x</s:B></s:A>",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- c --><A>\n  <B>x</B>\n</A>\n",
        "\xEF\xBB\xBF<A><B>x</B></A>", "<A><B><![CDATA[x]]></B></A>", "<A><B>&#x78;</B></A>"}) {
    const auto root = ReadXml(text, "A");
    ASSERT_TRUE(root.ok()) << text << root.status();
    EXPECT_EQ(root->TextOf("B"), "x") << text;
    EXPECT_EQ(root->Find("C"), nullptr);
  }
}

TEST(XmlReader, KeepsBlanksOfAValueAndItsType) {
  const auto root = ReadXml("<A> <B xsi:type=\"Group\"> </B> <C> y </C></A>", "A");
  ASSERT_TRUE(root.ok()) << root.status();
  EXPECT_EQ(root->TextOf("B"), " ");
  EXPECT_EQ(root->TextOf("C"), " y ");
  EXPECT_EQ(root->Find("B")->type, "Group");
}

TEST(XmlReader, ReadsCharactersByNameAndNumber) {
  const auto root = ReadXml("<A>&lt;&gt;&amp;&quot;&apos;&#233;<![CDATA[&lt;]]></A>", "A");
  ASSERT_TRUE(root.ok()) << root.status();
  EXPECT_EQ(root->text, "<>&\"'\xc3\xa9&lt;");
}

TEST(XmlReader, RefusesWhatIsNoDocument) {
  for (const char* text : {"",
                           " ",
                           "x",
                           "<A>",
                           "<A></B>",
                           "<A/><A/>",
                           "<A/>x",
                           "x<A/>",
                           "<A><B></A></B>",
                           "<B/>",
                           "<A>&x;</A>",
                           "<A>&</A>",
                           "<A>& </A>",
                           "<A>&#0;</A>",
                           "<A>&#xD800;</A>",
                           "<A>&#x110000;</A>",
                           "<A>&#-1;</A>",
                           "<A>&#x0x41;</A>",
                           "<A>&#65 ;</A>",
                           "<A>\xff</A>",
                           "<A b=\"&x;\"/>",
                           "<A><![CDATA[x</A>",
                           "<!DOCTYPE A><A/>",
                           "<!DOCTYPE A [<!ENTITY x \"y\">]><A>&x;</A>",
                           "<!DOCTYPE A SYSTEM \"file:///etc/passwd\"><A/>"}) {
    EXPECT_EQ(CodeOf(ReadXml(text, "A").status()), "MalformedXML") << text;
  }
  EXPECT_EQ(CodeOf(ReadXml(std::string("<A>\0</A>", 8), "A").status()), "MalformedXML");
}

TEST(XmlReader, HasLimits) {
  XmlLimits limits;
  limits.bytes = 20;
  EXPECT_TRUE(ReadXml("<A>12345678901234</A>", "A").ok());
  EXPECT_EQ(CodeOf(ReadXml("<A>12345678901234</A>", "A", limits).status()), "MalformedXML");
  std::string deep = "x";
  for (int i = 0; i < 16; ++i) deep = absl::StrCat("<A>", deep, "</A>");
  EXPECT_TRUE(ReadXml(deep, "A").ok());
  EXPECT_EQ(CodeOf(ReadXml(absl::StrCat("<A>", deep, "</A>"), "A").status()), "MalformedXML");
  std::string many = "<A>";
  for (int i = 0; i < 100'000; ++i) many += "<B/>";
  EXPECT_EQ(CodeOf(ReadXml(many + "</A>", "A").status()), "MalformedXML");
  std::string open;
  for (int i = 0; i < 400'000; ++i) open += "<A>";
  EXPECT_EQ(CodeOf(ReadXml(open, "A").status()), "MalformedXML");
}

RC_GTEST_PROP(XmlReader, NeverStumblesOverBytes, (const std::string& text)) {
  (void)ReadXml(text, "A").ok();
  (void)ReadXml(absl::StrCat("<A>", text, "</A>"), "A").ok();
}

}  // namespace
}  // namespace trebol
