#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/testing/temporary_directory.h"
#include "tests/unit/s3/http_rig.h"
#include "tests/unit/s3/test_certificate.h"
#include "tests/unit/s3/tls_client.h"

namespace trebol {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class HttpTlsTest : public ::testing::Test {
 protected:
  HttpTlsTest() {
    Write(TestCertificate::Make("first"));
    HttpServerOptions options;
    options.certificate_file = File("cert.pem");
    options.key_file = File("key.pem");
    options.head_timeout = absl::Seconds(2);
    rig_ = std::make_unique<HttpRig>(options);
  }
  std::string File(const std::string& name) const {
    return absl::StrCat(directory_.path(), "/", name);
  }
  void Write(const TestCertificate& certificate) {
    std::ofstream(File("cert.pem"), std::ios::trunc) << certificate.certificate;
    std::ofstream(File("key.pem"), std::ios::trunc) << certificate.key;
  }

  testing::TemporaryDirectory directory_;
  std::unique_ptr<HttpRig> rig_;
};

TEST_F(HttpTlsTest, ServesBothVersions) {
  for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(rig_->port(), version);
    ASSERT_TRUE(client.connected());
    EXPECT_EQ(client.subject(), "first");
    client.Send(Get("/hello?x") + Get("/hello?y"));
    EXPECT_THAT(client.ReadUntil("hello y"), HasSubstr("hello x"));
    client.Send(GetAndClose("/hello?z"));
    EXPECT_THAT(client.ReadAll(), EndsWith("hello z"));
    EXPECT_TRUE(client.ended_well());
  }
  EXPECT_FALSE(TlsClient(rig_->port(), TLS1_1_VERSION).connected());
}

TEST_F(HttpTlsTest, CarriesBigBodiesBothWays) {
  constexpr size_t kSize = 20 * 1000 * 1000;
  TlsClient client(rig_->port());
  client.Send(
      absl::StrCat("PUT /count HTTP/1.1\r\nHost: a\r\nContent-Length: ", kSize, "\r\n\r\n"));
  ASSERT_TRUE(client.Send(HttpRig::Pattern(0, kSize)));
  EXPECT_THAT(client.ReadUntil(absl::StrCat("\r\n\r\n", kSize)), StartsWith("HTTP/1.1 200"));
  client.Send(GetAndClose(absl::StrCat("/big?", kSize)));
  EXPECT_EQ(BodyOf(client.ReadAll()), HttpRig::Pattern(0, kSize));
}

TEST_F(HttpTlsTest, ReadsSmallPiecesOfBothSides) {
  TlsClient client(rig_->port());
  client.Send("PUT /stream HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n");
  for (int i = 0; i < 500; ++i) client.Send("x");
  EXPECT_THAT(client.ReadUntil("\r\n0\r\n\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpTlsTest, GivesNoEndToWhatIsNotFinished) {
  TlsClient client(rig_->port());
  client.Send(GetAndClose("/half"));
  client.ReadAll();
  EXPECT_FALSE(client.ended_well());
}

TEST_F(HttpTlsTest, CutsOffWhoDoesNotShakeHands) {
  RawClient silent(rig_->port());
  EXPECT_EQ(silent.ReadAll(), "");
  RawClient plain(rig_->port());
  plain.Send(Get("/hello?x"));
  EXPECT_THAT(plain.ReadAll(), ::testing::Not(HasSubstr("hello x")));
  TlsClient client(rig_->port());
  EXPECT_TRUE(client.connected());
}

TEST_F(HttpTlsTest, NoticesAClientThatLeaves) {
  for (bool politely : {false, true}) {
    auto client = std::make_unique<TlsClient>(rig_->port());
    client->Send(Get("/wait"));
    ASSERT_TRUE(HttpRig::Eventually([&] { return rig_->running() == 1; }));
    if (politely) client->SendEnd();
    client = nullptr;
    EXPECT_TRUE(HttpRig::Eventually([&] { return rig_->running() == 0; }));
  }
}

TEST_F(HttpTlsTest, TakesARenewedCertificate) {
  TlsClient old(rig_->port());
  std::ofstream(File("key.pem"), std::ios::trunc) << "broken";
  // Seen or not, a broken pair changes nothing.
  absl::SleepFor(absl::Milliseconds(600));
  EXPECT_EQ(TlsClient(rig_->port()).subject(), "first");
  Write(TestCertificate::Make("second"));
  EXPECT_TRUE(HttpRig::Eventually([&] { return TlsClient(rig_->port()).subject() == "second"; }));
  old.Send(GetAndClose("/hello?x"));
  EXPECT_THAT(old.ReadAll(), EndsWith("hello x"));
}

TEST_F(HttpTlsTest, RefusesFilesThatDoNotFit) {
  Runtime runtime(1);
  HttpServerOptions options{.endpoint = {"127.0.0.1", 0}, .certificate_file = File("cert.pem")};
  EXPECT_TRUE(absl::IsInvalidArgument(HttpServer::Start(runtime, options, nullptr).status()));
  std::ofstream(File("other.pem")) << TestCertificate::Make("other").key;
  options.key_file = File("other.pem");
  const absl::Status wrong = HttpServer::Start(runtime, options, nullptr).status();
  EXPECT_TRUE(absl::IsInvalidArgument(wrong));
  EXPECT_THAT(wrong.ToString(), HasSubstr("other.pem"));
  options.certificate_file = File("absent.pem");
  EXPECT_THAT(HttpServer::Start(runtime, options, nullptr).status().ToString(),
              HasSubstr("absent.pem"));
}

TEST_F(HttpTlsTest, AThousandIdleConnectionsCostLittle) {
  constexpr int kConnections = 1000;
  AllowManySockets();
  const uint64_t before = ResidentBytes();
  std::vector<std::unique_ptr<TlsClient>> clients;
  for (int i = 0; i < kConnections; ++i) {
    clients.push_back(std::make_unique<TlsClient>(rig_->port()));
    clients.back()->Send(Get("/hello?x"));
    ASSERT_THAT(clients.back()->ReadUntil("hello x"), StartsWith("HTTP/1.1 200"));
    clients.back()->Forget();
  }
  const uint64_t after = ResidentBytes();
  EXPECT_EQ(rig_->server().counts().open, kConnections);
  const uint64_t grown = after - std::min(before, after);
  std::printf("1000 idle TLS connections: %llu KiB\n",
              static_cast<unsigned long long>(grown / kKiB));
  if (kMemoryIsCounted) EXPECT_LT(grown, 64 * kMiB);
}

}  // namespace
}  // namespace trebol
