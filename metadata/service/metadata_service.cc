#include "metadata/service/metadata_service.h"

#include <utility>

#include "common/base/error.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "trebol/v1/metadata.grpc.pb.h"

namespace trebol {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;
using Newcomers = Identity::Newcomers;

/// What comes over the wire; the other commands are metadata's own.
bool GatewaysMaySubmit(const v1::Command& command) {
  switch (command.kind_case()) {
    case v1::Command::kOpenSession:
    case v1::Command::kRenewSession:
    case v1::Command::kCloseSession:
    case v1::Command::kCreateBucket:
    case v1::Command::kDeleteBucket:
    case v1::Command::kPutObject:
    case v1::Command::kAbandonVersion:
    case v1::Command::kDeleteObject:
    case v1::Command::kDeleteObjects:
    case v1::Command::kCopyObject:
    case v1::Command::kCreateUpload:
    case v1::Command::kPutPart:
    case v1::Command::kCompleteUpload:
    case v1::Command::kAbortUpload:
    case v1::Command::kSetBucketVersioning:
    case v1::Command::kSetBucketTags:
    case v1::Command::kSetObjectTags:
      return true;
    default:
      return false;
  }
}

class MetadataService final : public v1::MetadataService::CallbackService {
 public:
  MetadataService(InternalDoor door, Catalog& catalog)
      : door_(std::move(door)), catalog_(catalog) {}

  ServerUnaryReactor* Submit(CallbackServerContext* context, const v1::SubmitRequest* request,
                             v1::SubmitResponse* response) override {
    // A gateway learns its cluster by opening a session.
    const auto newcomers =
        request->command().has_open_session() ? Newcomers::kAdmitted : Newcomers::kRefused;
    return door_.ServeAsync(
        context,
        [this, request, response](const RequestContextPtr&,
                                  std::function<void(absl::Status)> done) {
          v1::Command command = request->command();
          if (!GatewaysMaySubmit(command)) {
            done(MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                           "this command is not one that a gateway may submit"));
            return;
          }
          if (command.has_open_session()) command.mutable_open_session()->set_session(RandomId());
          catalog_.SubmitAsync(std::move(command),
                               [response, done](absl::StatusOr<SubmitResult> result) {
                                 if (result.ok()) {
                                   *response->mutable_outcome() = std::move(result->outcome);
                                   *response->mutable_position() = result->position;
                                 }
                                 done(result.status());
                               });
        },
        newcomers);
  }

  ServerUnaryReactor* LookupObject(CallbackServerContext* context,
                                   const v1::LookupObjectRequest* request,
                                   v1::LookupObjectResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, catalog_.LookupObject(*request));
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* LookupBucket(CallbackServerContext* context,
                                   const v1::LookupBucketRequest* request,
                                   v1::LookupBucketResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, catalog_.LookupBucket(*request));
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* ReadBuckets(CallbackServerContext* context, const v1::ReadBucketsRequest*,
                                  v1::ReadBucketsResponse* response) override {
    return door_.Serve(context, [this, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, catalog_.ReadBuckets());
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* ReadPage(CallbackServerContext* context, const v1::ReadPageRequest* request,
                               v1::ReadPageResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, catalog_.ReadPage(*request));
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* LookupUpload(CallbackServerContext* context,
                                   const v1::LookupUploadRequest* request,
                                   v1::LookupUploadResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, catalog_.LookupUpload(*request));
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* ReadVersions(CallbackServerContext* context,
                                   const v1::ReadVersionsRequest* request,
                                   v1::ReadVersionsResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, catalog_.ReadVersions(*request));
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* ReadParts(CallbackServerContext* context, const v1::ReadPartsRequest* request,
                                v1::ReadPartsResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, catalog_.ReadParts(*request));
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* ReadUploads(CallbackServerContext* context,
                                  const v1::ReadUploadsRequest* request,
                                  v1::ReadUploadsResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, catalog_.ReadUploads(*request));
      return absl::OkStatus();
    });
  }

 private:
  const InternalDoor door_;
  Catalog& catalog_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeMetadataService(InternalDoor door, Catalog& catalog) {
  return std::make_unique<MetadataService>(std::move(door), catalog);
}

}  // namespace trebol
