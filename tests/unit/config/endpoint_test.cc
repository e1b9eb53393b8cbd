#include "common/config/endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trebol {
namespace {

using ::testing::HasSubstr;

TEST(Endpoint, ReadsNamesAndBothKindsOfAddress) {
  EXPECT_EQ(ParseEndpoint("127.0.0.1:9200").value(), (Endpoint{"127.0.0.1", 9200}));
  EXPECT_EQ(ParseEndpoint("storage-1.rack_2.example:0").value(),
            (Endpoint{"storage-1.rack_2.example", 0}));
  EXPECT_EQ(ParseEndpoint("[::1]:0").value(), (Endpoint{"::1", 0}));
  EXPECT_EQ(ParseEndpoint("[fe80::1%eth0]:65535").value(), (Endpoint{"fe80::1%eth0", 65535}));
  for (const char* text : {"127.0.0.1:9200", "[::1]:0", "localhost:1"}) {
    EXPECT_EQ(ToString(ParseEndpoint(text).value()), text);
  }
}

TEST(Endpoint, SaysWhatIsWrong) {
  const auto why = [](absl::string_view text) {
    return std::string(ParseEndpoint(text).status().message());
  };
  EXPECT_THAT(why("localhost"), HasSubstr("port is missing"));
  EXPECT_THAT(why(""), HasSubstr("port is missing"));
  EXPECT_THAT(why(":9200"), HasSubstr("0.0.0.0 means every address"));
  EXPECT_THAT(why("[]:9200"), HasSubstr("host is missing"));
  EXPECT_THAT(why("::1:9200"), HasSubstr("in brackets"));
  EXPECT_THAT(why("host:65536"), HasSubstr("up to 65535"));
  EXPECT_THAT(why("host:"), HasSubstr("up to 65535"));
  EXPECT_THAT(why("host:-1"), HasSubstr("up to 65535"));
  EXPECT_THAT(why("host:+1"), HasSubstr("up to 65535"));
  EXPECT_THAT(why("host: 1"), HasSubstr("up to 65535"));
  EXPECT_THAT(why("http://host:80"), HasSubstr("HOST:PORT"));
  EXPECT_THAT(why("a b:80"), HasSubstr("no host"));
  EXPECT_THAT(why("[host]:80"), HasSubstr("no host"));
  EXPECT_THAT(why("host\n:80"), HasSubstr("no host"));
  EXPECT_THAT(why(std::string(300, 'a') + ":80"), HasSubstr("no host"));
}

TEST(Endpoint, IsAdvertisedAsGivenOrAsItListens) {
  const Endpoint listen{"10.0.0.1", 9200};
  EXPECT_EQ(*AdvertisedEndpoint(listen, {}), listen);
  EXPECT_EQ(*AdvertisedEndpoint({"10.0.0.1", 0}, {}), (Endpoint{"10.0.0.1", 0}));
  EXPECT_EQ(*AdvertisedEndpoint({"0.0.0.0", 1}, listen), listen);
  EXPECT_EQ(*AdvertisedEndpoint({"::", 1}, {"storage-0.local", 7}),
            (Endpoint{"storage-0.local", 7}));
  for (const char* every : {"0.0.0.0", "::", "::0", "0:0:0:0:0:0:0:0"}) {
    EXPECT_FALSE(AdvertisedEndpoint({every, 9200}, {}).ok()) << every;
    EXPECT_FALSE(AdvertisedEndpoint(listen, {every, 9200}).ok()) << every;
  }
  EXPECT_FALSE(AdvertisedEndpoint(listen, {"10.0.0.2", 0}).ok());
}

}  // namespace
}  // namespace trebol
