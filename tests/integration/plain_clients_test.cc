// What needs nothing of ours but the .proto files: a generated stub, grpcurl's reflection, the
// standard health service, curl on the admin ports.
#include "absl/strings/str_cat.h"
#include "common/checksum/crc32c.h"
#include "common/http/http_client.h"
#include "gmock/gmock.h"
#include "nlohmann/json.hpp"
#include "tests/testing/made_bytes.h"
#include "tests/testing/raw_calls.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using testing::Call;
using ::testing::HasSubstr;
using testing::PutData;
using testing::PutHeader;
using ::testing::StartsWith;
using Stub = v1::ObjectService::Stub;

class PlainClients : public testing::Story {
 protected:
  void SetUp() override {
    StartCluster();
    ASSERT_FALSE(HasFatalFailure());
    stub_ = v1::ObjectService::NewStub(testing::PlainChannel(cluster().GatewayEndpoints()[0]));
    v1::CreateBucketRequest request;
    request.set_bucket("bucket");
    ASSERT_TRUE(Call(*stub_, &Stub::CreateBucket, request).ok());
  }

  std::unique_ptr<Stub> stub_;
};

TEST_F(PlainClients, AGeneratedStubPutsGetsAndLists) {
  const testing::MadeBytes body{.seed = 5, .size = 9'000'001};
  const std::string bytes = body.All();
  v1::PutObjectRequest header = PutHeader("bucket", "a/key");
  header.mutable_header()->set_content_type("text/x");
  (*header.mutable_header()->mutable_user_metadata())["colour"] = "green";
  header.set_data(bytes.substr(0, 10));  // payload in the first message too
  std::vector<v1::PutObjectRequest> messages = {header};
  for (size_t at = 10; at < bytes.size(); at += 700'000) {
    messages.push_back(PutData(bytes.substr(at, 700'000)));
  }
  v1::PutObjectRequest trailer;
  trailer.mutable_trailer()->set_crc32c(Crc32c(bytes));
  messages.push_back(trailer);
  const auto info = testing::PutMessages(*stub_, messages);
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->size(), bytes.size());
  EXPECT_EQ(info->crc32c(), Crc32c(bytes));
  EXPECT_THAT(info->etag(), HasSubstr("-"));

  v1::GetObjectRequest get;
  get.set_bucket("bucket");
  get.set_key("a/key");
  const auto parts = testing::GetMessages(*stub_, get);
  ASSERT_TRUE(parts.ok()) << parts.status();
  std::string read;
  for (size_t i = 0; i < parts->size(); ++i) {
    const v1::GetObjectResponse& part = (*parts)[i];
    EXPECT_EQ(part.has_info(), i == 0);
    EXPECT_LE(part.data().size(), 1u << 20);
    read += part.data();
  }
  EXPECT_TRUE(read == bytes);
  EXPECT_EQ(parts->front().info().content_type(), "text/x");
  EXPECT_EQ(parts->front().info().user_metadata().at("colour"), "green");
  EXPECT_EQ(parts->front().range().length(), bytes.size());

  get.mutable_range()->set_offset(4'194'300);
  get.mutable_range()->set_length(10);
  const auto range = testing::GetMessages(*stub_, get);
  ASSERT_TRUE(range.ok()) << range.status();
  std::string piece;
  for (const auto& part : *range) piece += part.data();
  EXPECT_EQ(piece, bytes.substr(4'194'300, 10));

  v1::ListObjectsRequest list;
  list.set_bucket("bucket");
  list.set_delimiter("/");
  const auto page = Call(*stub_, &Stub::ListObjects, list);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->common_prefixes_size(), 1);
  EXPECT_EQ(page->common_prefixes(0), "a/");
}

TEST_F(PlainClients, AnEmptyObjectNeedsOnlyAHeader) {
  const auto info = testing::PutMessages(*stub_, {PutHeader("bucket", "empty")});
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->size(), 0u);
  v1::GetObjectRequest get;
  get.set_bucket("bucket");
  get.set_key("empty");
  const auto parts = testing::GetMessages(*stub_, get);
  ASSERT_TRUE(parts.ok()) << parts.status();
  ASSERT_EQ(parts->size(), 1u);
  EXPECT_TRUE(parts->front().has_info());
  EXPECT_EQ(parts->front().data(), "");
}

TEST_F(PlainClients, EveryServerReflectsAndTellsItsHealth) {
  const std::string list_services("\x3a\x01*");  // ServerReflectionRequest{list_services: "*"}
  const std::string serving("\x08\x01");         // HealthCheckResponse{status: SERVING}
  for (const auto& [name, service] :
       {std::pair<std::string, std::string>{"gateway-0", "trebol.v1.ObjectService"},
        {"storage-0", "trebol.v1.ChunkService"},
        {"metadata-0", "trebol.v1.MetadataService"}}) {
    SCOPED_TRACE(name);
    const auto channel = testing::PlainChannel(cluster().Endpoint(name));
    const auto services = testing::CallByName(
        channel, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", list_services);
    ASSERT_TRUE(services.ok()) << services.status();
    EXPECT_THAT(*services, HasSubstr(service));
    EXPECT_THAT(*services, HasSubstr("grpc.health.v1.Health"));
    // ServerReflectionRequest{file_containing_symbol: service}
    const auto file = testing::CallByName(
        channel, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        absl::StrCat("\x22", std::string(1, static_cast<char>(service.size())), service));
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_THAT(*file, HasSubstr("trebol/v1/"));
    Await(name + " says SERVING", [&] {
      const auto health = testing::CallByName(channel, "/grpc.health.v1.Health/Check", "");
      return health.ok() && *health == serving;
    });
  }
}

TEST_F(PlainClients, EveryAdminPortAnswers) {
  for (const std::string& name : cluster().Names()) {
    SCOPED_TRACE(name);
    const std::string admin = cluster().AdminEndpoint(name);
    const auto get = [&](const std::string& path) {
      const auto reply = HttpGet(admin, path, absl::Minutes(1));
      EXPECT_TRUE(reply.ok()) << path << ": " << reply.status();
      return reply.value_or(HttpReply());
    };
    EXPECT_EQ(get("/health/live").status, 200);
    EXPECT_EQ(get("/health/ready").status, 200);
    const HttpReply metrics = get("/metrics");
    EXPECT_EQ(metrics.status, 200);
    EXPECT_THAT(metrics.body, HasSubstr("# TYPE process_cpu_seconds_total counter"));
    EXPECT_THAT(metrics.body, HasSubstr("\ntrebol_"));
    const HttpReply status = get("/status");
    EXPECT_EQ(status.status, 200);
    const auto json = nlohmann::json::parse(status.body, nullptr, false);
    ASSERT_TRUE(json.is_object()) << status.body;
    EXPECT_EQ(json.value("ready", false), true);
    EXPECT_THAT(json.value("program", ""), StartsWith("trebol-"));
    EXPECT_EQ(get("/nothing").status, 404);
    const auto health = Cli({"health", admin});
    EXPECT_EQ(health.exit_code, 0) << health.err;
  }
  const std::string admin = cluster().AdminEndpoint("storage-0");
  ASSERT_TRUE(cluster().Kill("storage-0").ok());
  EXPECT_NE(Cli({"health", admin}).exit_code, 0);
}

TEST_F(PlainClients, AGatewayWithoutMetadataIsAliveAndNotReady) {
  ASSERT_TRUE(cluster().Kill("metadata-0").ok());
  ASSERT_TRUE(cluster().Kill("gateway-0").ok());
  ASSERT_TRUE(cluster().Restart("gateway-0").ok());
  const std::string admin = cluster().AdminEndpoint("gateway-0");
  const auto live = HttpGet(admin, "/health/live", absl::Minutes(1));
  const auto ready = HttpGet(admin, "/health/ready", absl::Minutes(1));
  ASSERT_TRUE(live.ok() && ready.ok()) << live.status() << ready.status();
  EXPECT_EQ(live->status, 200);
  EXPECT_EQ(ready->status, 503);
  std::cout << "not ready: " << ready->body << std::endl;
  EXPECT_THAT(ready->body, HasSubstr("metadata"));
  const auto health = Cli({"health", admin});
  EXPECT_EQ(health.exit_code, 5) << health.err;
}

}  // namespace
}  // namespace trebol
