// The gRPC door in front of every operation: what it lets in.
#include <grpcpp/grpcpp.h>

#include <string>

#include "common/base/error.h"
#include "common/rpc/rpc_server.h"
#include "common/rpc/status_conversion.h"
#include "gateway/grpc/object_service.h"
#include "gtest/gtest.h"
#include "tests/testing/api_rig.h"
#include "tests/testing/open_gate.h"
#include "trebol/v1/object.grpc.pb.h"

namespace trebol {
namespace {

class Door : public ::testing::Test {
 protected:
  Door()
      : objects_(MakeObjectService(rig_.gateway.runtime, rig_.api, std::make_shared<OpenGate>())),
        sessions_(
            MakeSessionService(rig_.gateway.runtime, rig_.sessions, std::make_shared<OpenGate>())),
        server_(*RpcServer::Start("", {objects_.get(), sessions_.get()})),
        stub_(v1::ObjectService::NewStub(server_->InProcessChannel())),
        session_stub_(v1::SessionService::NewStub(server_->InProcessChannel())) {}

  /// What no release of ours knows: with it a message has `size` bytes more.
  static void AddUnknown(google::protobuf::Message* message, size_t size) {
    message->GetReflection()->MutableUnknownFields(message)->AddLengthDelimited(
        1000, std::string(size, 'u'));
  }
  static bool HasUnknown(const google::protobuf::Message& message) {
    return !message.GetReflection()->GetUnknownFields(message).empty();
  }
  v1::ObjectInfo Head(const std::string& key) {
    grpc::ClientContext context;
    v1::HeadObjectRequest request;
    request.set_bucket("bucket");
    request.set_key(key);
    v1::ObjectInfo info;
    const grpc::Status status = stub_->HeadObject(&context, request, &info);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return info;
  }

  ApiRig rig_;
  std::unique_ptr<grpc::Service> objects_;
  std::unique_ptr<grpc::Service> sessions_;
  std::unique_ptr<RpcServer> server_;
  std::unique_ptr<v1::ObjectService::Stub> stub_;
  std::unique_ptr<v1::SessionService::Stub> session_stub_;
};

TEST_F(Door, KeepsNothingOfFieldsThatItDoesNotKnow) {
  // No limit would be theirs: a tag has at most 384 characters, and such a field any size.
  v1::PutObjectRequest first;
  first.mutable_header()->set_bucket("bucket");
  first.mutable_header()->set_key("k");
  first.mutable_header()->mutable_headers()->set_cache_control("no-store");
  AddUnknown(first.mutable_header()->mutable_headers(), 10'000);
  v1::ObjectInfo put;
  {
    grpc::ClientContext context;
    const auto writer = stub_->PutObject(&context, &put);
    writer->Write(first);
    writer->WritesDone();
    ASSERT_TRUE(writer->Finish().ok());
  }
  EXPECT_EQ(put.headers().cache_control(), "no-store");
  EXPECT_FALSE(HasUnknown(put.headers()));

  v1::SetObjectTagsRequest tags;
  tags.set_bucket("bucket");
  tags.set_key("k");
  tags.add_tags()->set_key("colour");
  AddUnknown(tags.mutable_tags(0), 500'000);
  AddUnknown(&tags, 10);
  grpc::ClientContext context;
  v1::ObjectInfo tagged;
  ASSERT_TRUE(stub_->SetObjectTags(&context, tags, &tagged).ok());
  const v1::ObjectInfo info = Head("k");
  ASSERT_EQ(info.tags_size(), 1);
  EXPECT_FALSE(HasUnknown(info.tags(0)));
  EXPECT_FALSE(HasUnknown(info.headers()));
}

TEST_F(Door, SaysWhatIsMalformedToCallersOfSessionsToo) {
  grpc::ClientContext context;
  v1::OpenSessionRequest request;
  request.set_owner("\xff");
  v1::OpenSessionResponse response;
  const absl::Status status =
      FromGrpcStatus(session_stub_->OpenSession(&context, request, &response));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  EXPECT_EQ(ReasonOf(status), v1::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace trebol
