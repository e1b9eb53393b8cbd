#include "metadata/service/metadata_service.h"

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/rpc/payload_codec.h"
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
    case v1::Command::kSetBucketAccess:
    case v1::Command::kSetBucketQuota:
    case v1::Command::kSetBucketCors:
    case v1::Command::kPutAccessKey:
    case v1::Command::kDeleteAccessKey:
      return true;
    default:
      return false;
  }
}

/// Until when it is worth running. What keeps a session alive, or ends what it left open, is so
/// whoever waits for it: else sessions would expire behind a queue that is long for a while.
Instant DeadlineOf(const v1::Command& command, const RequestContext& caller) {
  switch (command.kind_case()) {
    case v1::Command::kRenewSession:
    case v1::Command::kCloseSession:
    case v1::Command::kAbandonVersion:
      return Instant::InfiniteFuture();
    default:
      return caller.deadline;
  }
}

using Service = v1::MetadataService::WithRawCallbackMethod_SubmitBatch<
    v1::MetadataService::WithRawCallbackMethod_LookupObjectBatch<
        v1::MetadataService::WithRawCallbackMethod_ReadPage<v1::MetadataService::CallbackService>>>;

/// A batch of commands, whose answers come one by one from another thread.
class SubmittedBatch {
 public:
  using Done =
      std::function<void(const std::vector<BatchedCall>&, const std::vector<BatchedAnswer>&)>;

  SubmittedBatch(std::vector<BatchedCall> calls, Done done)
      : calls_(std::move(calls)),
        done_(std::move(done)),
        left_(calls_.size()),
        answers_(calls_.size()) {}

  const std::vector<BatchedCall>& calls() const { return calls_; }

  void Answer(size_t call, const absl::StatusOr<SubmitResult>& result) {
    BatchedAnswer& answer = answers_[call];  // each call has its own
    if (result.ok()) {
      v1::SubmitResponse response;
      *response.mutable_outcome() = result->outcome;
      *response.mutable_position() = result->position;
      answer = Bytes(response.SerializeAsString());
    } else {
      answer = result.status();
    }
    if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) done_(calls_, answers_);
  }

 private:
  const std::vector<BatchedCall> calls_;
  const Done done_;
  std::atomic<size_t> left_;
  std::vector<BatchedAnswer> answers_;
};

class MetadataService final : public Service {
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
        [this, request, response](const RequestContextPtr& caller,
                                  std::function<void(absl::Status)> done) {
          v1::Command command = request->command();
          if (!GatewaysMaySubmit(command)) {
            done(MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                           "this command is not one that a gateway may submit"));
            return;
          }
          if (command.has_open_session()) command.mutable_open_session()->set_session(RandomId());
          const Instant deadline = DeadlineOf(command, *caller);
          catalog_.SubmitAsync(
              std::move(command),
              [response, done](absl::StatusOr<SubmitResult> result) {
                if (result.ok()) {
                  *response->mutable_outcome() = std::move(result->outcome);
                  *response->mutable_position() = result->position;
                }
                done(result.status());
              },
              deadline);
        },
        newcomers);
  }

  ServerUnaryReactor* LookupObject(CallbackServerContext* context,
                                   const v1::LookupObjectRequest* request,
                                   v1::LookupObjectResponse* response) override {
    return door_.ServeQuickly(
        context,
        [this, request, response](const RequestContextPtr&) -> std::optional<absl::Status> {
          auto found = catalog_.TryLookupObject(*request);
          if (!found.has_value()) return std::nullopt;
          if (found->ok()) *response = **std::move(found);
          return found->status();
        },
        [this, request, response](const RequestContextPtr&) {
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

  ServerUnaryReactor* ReadPage(CallbackServerContext* context, const grpc::ByteBuffer* request,
                               grpc::ByteBuffer* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      v1::ReadPageRequest asked;
      RETURN_IF_ERROR(Decode(*request, &asked));
      ASSIGN_OR_RETURN(ListedPage listed, catalog_.ReadPage(asked));
      v1::ReadPageResponse header;
      header.set_more(listed.more);
      header.set_next_after(std::move(listed.next_after));
      *response = EncodeWithPayload(header, listed.page);
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

  ServerUnaryReactor* SubmitBatch(CallbackServerContext* context, const grpc::ByteBuffer* request,
                                  grpc::ByteBuffer* response) override {
    return door_.ServeAsync(context, [this, request, response](
                                         const RequestContextPtr& caller,
                                         const std::function<void(absl::Status)>& done) {
      auto calls = DecodeCalls(FromByteBuffer(*request));
      if (!calls.ok()) return done(calls.status());
      const auto batch = std::make_shared<SubmittedBatch>(
          *std::move(calls), [response, done, caller](const std::vector<BatchedCall>& calls,
                                                      const std::vector<BatchedAnswer>& answers) {
            *response = AnswerBatch(*caller, calls, answers);
            done(absl::OkStatus());
          });
      for (size_t i = 0; i < batch->calls().size(); ++i) {
        v1::SubmitRequest submit;
        absl::Status status = Decode(batch->calls()[i].request, &submit);
        if (status.ok()) status = CheckBatched(submit.command());
        if (!status.ok()) {
          batch->Answer(i, status);
          continue;
        }
        const Instant deadline = DeadlineOf(submit.command(), *caller);
        catalog_.SubmitAsync(
            std::move(*submit.mutable_command()),
            [batch, i](const absl::StatusOr<SubmitResult>& result) { batch->Answer(i, result); },
            deadline);
      }
    });
  }

  ServerUnaryReactor* LookupObjectBatch(CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override {
    return door_.ServeReads(
        context, request, response,
        [this](const Bytes& call) -> std::optional<absl::StatusOr<Bytes>> {
          v1::LookupObjectRequest lookup;
          RETURN_IF_ERROR(Decode(call, &lookup));
          const auto found = catalog_.TryLookupObject(lookup);
          if (!found.has_value()) return std::nullopt;
          RETURN_IF_ERROR(found->status());
          return Bytes((*found)->SerializeAsString());
        },
        [this](const Bytes& call) -> absl::StatusOr<Bytes> {
          v1::LookupObjectRequest lookup;
          RETURN_IF_ERROR(Decode(call, &lookup));
          ASSIGN_OR_RETURN(const auto found, catalog_.LookupObject(lookup));
          return Bytes(found.SerializeAsString());
        });
  }

 private:
  static absl::Status CheckBatched(const v1::Command& command) {
    if (GatewaysMaySubmit(command) && !command.has_open_session()) return absl::OkStatus();
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     "this command is not one that a gateway may submit in a batch");
  }

  const InternalDoor door_;
  Catalog& catalog_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeMetadataService(InternalDoor door, Catalog& catalog) {
  return std::make_unique<MetadataService>(std::move(door), catalog);
}

}  // namespace trebol
