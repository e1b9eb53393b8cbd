#pragma once

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/mutex.h"
#include "common/checksum/crc32c.h"
#include "common/rpc/status_conversion.h"
#include "tests/testing/fake_access.h"
#include "tests/testing/fake_gateway.h"
#include "tests/testing/fake_object_store.h"
#include "tests/testing/fake_sessions.h"
#include "trebol/v1/admin.grpc.pb.h"
#include "trebol/v1/object.grpc.pb.h"

namespace trebol::testing {

/// What a FakeGateway serves; fake_gateway.cc, which steers it, alone includes this.
class FakeGateway::Service final : public v1::ObjectService::Service,
                                   public v1::SessionService::Service,
                                   public v1::AdminService::Service {
 public:
  explicit Service(const Options& options) : options_(options) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(absl::StrCat("127.0.0.1:", options.port),
                             grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(static_cast<v1::ObjectService::Service*>(this));
    builder.RegisterService(static_cast<v1::SessionService::Service*>(this));
    builder.RegisterService(static_cast<v1::AdminService::Service*>(this));
    builder.RegisterService(&access_);
    builder.SetMaxReceiveMessageSize(kMaxMessageSize);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    server_ = builder.BuildAndStart();
  }

  grpc::Status CreateBucket(grpc::ServerContext*, const v1::CreateBucketRequest* request,
                            v1::Bucket* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    return Once(*request, response,
                [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return store_.CreateBucket(*request); });
  }

  grpc::Status DeleteBucket(grpc::ServerContext*, const v1::DeleteBucketRequest* request,
                            v1::DeleteBucketResponse* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    return Once(*request, response,
                [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return store_.DeleteBucket(*request); });
  }

  grpc::Status SetBucketVersioning(grpc::ServerContext*,
                                   const v1::SetBucketVersioningRequest* request,
                                   v1::Bucket* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    return Once(*request, response,
                [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return store_.SetVersioning(*request); });
  }

  grpc::Status SetBucketTags(grpc::ServerContext*, const v1::SetBucketTagsRequest* request,
                             v1::Bucket* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    return Once(*request, response,
                [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return store_.SetTags(*request); });
  }

  grpc::Status SetObjectTags(grpc::ServerContext*, const v1::SetObjectTagsRequest* request,
                             v1::ObjectInfo* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    return Once(*request, response,
                [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return store_.SetTags(*request); });
  }

  grpc::Status DeleteObject(grpc::ServerContext*, const v1::DeleteObjectRequest* request,
                            v1::DeleteObjectResponse* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    return Once(*request, response,
                [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return store_.Delete(*request); });
  }

  grpc::Status DeleteObjects(grpc::ServerContext*, const v1::DeleteObjectsRequest* request,
                             v1::DeleteObjectsResponse* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    return Once(*request, response,
                [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return store_.Delete(*request); });
  }

  grpc::Status CopyObject(grpc::ServerContext*, const v1::CopyObjectRequest* request,
                          v1::CopyObjectResponse* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    return Once(*request, response,
                [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return store_.Copy(*request); });
  }

  grpc::Status CreateMultipartUpload(grpc::ServerContext*,
                                     const v1::CreateMultipartUploadRequest* request,
                                     v1::MultipartUpload* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    return Once(*request, response,
                [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return store_.Create(*request); });
  }

  grpc::Status CompleteMultipartUpload(grpc::ServerContext*,
                                       const v1::CompleteMultipartUploadRequest* request,
                                       v1::ObjectInfo* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    return Once(*request, response,
                [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return store_.Complete(*request); });
  }

  grpc::Status AbortMultipartUpload(grpc::ServerContext*,
                                    const v1::AbortMultipartUploadRequest* request,
                                    v1::AbortMultipartUploadResponse* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    return Once(*request, response,
                [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return store_.Abort(*request); });
  }

  grpc::Status HeadBucket(grpc::ServerContext*, const v1::HeadBucketRequest* request,
                          v1::Bucket* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    return Answer(store_.HeadBucket(*request), response);
  }

  grpc::Status ListBuckets(grpc::ServerContext*, const v1::ListBucketsRequest* request,
                           v1::ListBucketsResponse* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    return Answer(absl::StatusOr<v1::ListBucketsResponse>(store_.ListBuckets()), response);
  }

  grpc::Status ListObjects(grpc::ServerContext*, const v1::ListObjectsRequest* request,
                           v1::ListObjectsResponse* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    return Answer(store_.List(*request), response);
  }

  grpc::Status ListObjectVersions(grpc::ServerContext*,
                                  const v1::ListObjectVersionsRequest* request,
                                  v1::ListObjectVersionsResponse* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    return Answer(store_.List(*request), response);
  }

  grpc::Status ListParts(grpc::ServerContext*, const v1::ListPartsRequest* request,
                         v1::ListPartsResponse* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    return Answer(store_.List(*request), response);
  }

  grpc::Status ListMultipartUploads(grpc::ServerContext*,
                                    const v1::ListMultipartUploadsRequest* request,
                                    v1::ListMultipartUploadsResponse* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    return Answer(store_.List(*request), response);
  }

  grpc::Status GetClusterStatus(grpc::ServerContext*, const v1::GetClusterStatusRequest* request,
                                v1::ClusterStatus* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    return Answer(absl::StatusOr<v1::ClusterStatus>(status_), response);
  }

  grpc::Status PlanNodeChange(grpc::ServerContext*, const v1::PlanNodeChangeRequest*,
                              v1::PlanNodeChangeResponse* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    *response->mutable_plan() = plan_;
    return grpc::Status::OK;
  }

  grpc::Status ApplyNodeChange(grpc::ServerContext*, const v1::ApplyNodeChangeRequest* request,
                               v1::ApplyNodeChangeResponse* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    if (plan_.refusals_size() > 0) {
      return ToGrpcStatus(
          MakeError(absl::StatusCode::kFailedPrecondition, v1::CHANGE_REFUSED, plan_.refusals(0)));
    }
    node_changes_.push_back(request->change());
    *response->mutable_plan() = plan_;
    return grpc::Status::OK;
  }

  grpc::Status ListJobs(grpc::ServerContext*, const v1::ListJobsRequest*,
                        v1::ListJobsResponse* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    *response = jobs_;
    return grpc::Status::OK;
  }

  grpc::Status ChangeJob(grpc::ServerContext*, const v1::ChangeJobRequest* request,
                         v1::ChangeJobResponse* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    for (const v1::Job& job : jobs_.jobs()) {
      if (job.id() != request->id()) continue;
      job_changes_.push_back(*request);
      *response->mutable_job() = job;
      response->mutable_job()->set_state(v1::Job::PAUSED);
      return grpc::Status::OK;
    }
    return ToGrpcStatus(MakeError(absl::StatusCode::kNotFound, v1::JOB_NOT_FOUND,
                                  absl::StrCat("there is no job '", request->id(), "'")));
  }

  grpc::Status ExplainObject(grpc::ServerContext*, const v1::ExplainObjectRequest* request,
                             v1::ExplainObjectResponse* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    const auto found = store_.Find(request->bucket(), request->key(), request->version(), {});
    if (!found.ok()) return ToGrpcStatus(found.status());
    explain_requests_.push_back(*request);
    for (const v1::ExplainObjectResponse& page : explanation_) {
      const uint64_t begins = page.chunks_size() == 0 ? 0 : page.chunks(0).offset();
      if (begins == request->offset()) *response = page;
    }
    *response->mutable_object() = found->info;
    return grpc::Status::OK;
  }

  grpc::Status HeadObject(grpc::ServerContext*, const v1::HeadObjectRequest* request,
                          v1::ObjectInfo* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
    const auto found = store_.Find(request->bucket(), request->key(), request->version(),
                                   request->preconditions());
    if (found.ok()) *response = found->info;
    return ToGrpcStatus(found.status());
  }

  grpc::Status PutObject(grpc::ServerContext*, grpc::ServerReader<v1::PutObjectRequest>* reader,
                         v1::ObjectInfo* response) override {
    return Take<v1::PutObjectRequest>(
        reader, response,
        [this](const auto& header, std::string data)
            ABSL_NO_THREAD_SAFETY_ANALYSIS { return store_.Put(header, std::move(data)); });
  }

  grpc::Status UploadPart(grpc::ServerContext*, grpc::ServerReader<v1::UploadPartRequest>* reader,
                          v1::PartInfo* response) override {
    return Take<v1::UploadPartRequest>(
        reader, response,
        [this](const auto& header, std::string data)
            ABSL_NO_THREAD_SAFETY_ANALYSIS { return store_.PutPart(header, std::move(data)); });
  }

  grpc::Status GetObject(grpc::ServerContext* context, const v1::GetObjectRequest* request,
                         grpc::ServerWriter<v1::GetObjectResponse>* writer) override {
    const Transfer transfer(this);
    absl::StatusOr<FakeObjectStore::Version> object;
    uint64_t break_after = UINT64_MAX;
    bool corrupt = false;
    bool hang = false;
    {
      MutexLock lock(&mutex_);
      if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
      object = store_.Find(request->bucket(), request->key(), request->version(),
                           request->preconditions());
      if (!object.ok()) return ToGrpcStatus(object.status());
      if (breaks_ > 0) --breaks_, break_after = break_after_;
      corrupt = corrupt_gets_;
      hang = hang_gets_;
    }
    const std::string& data = *object->data;
    uint64_t offset = request->range().offset();
    if (request->has_suffix_length()) {
      offset = data.size() - std::min<uint64_t>(data.size(), request->suffix_length());
    }
    if (request->has_range() && offset >= data.size()) {
      return ToGrpcStatus(MakeError(absl::StatusCode::kOutOfRange, v1::INVALID_RANGE,
                                    absl::StrCat("the range begins at ", offset,
                                                 " but the object has ", data.size(), " bytes")));
    }
    uint64_t length = data.size() - offset;
    if (request->range().has_length()) length = std::min(length, request->range().length());
    v1::GetObjectResponse message;
    *message.mutable_info() = object->info;
    message.mutable_range()->set_offset(offset);
    message.mutable_range()->set_length(length);
    constexpr uint64_t kPiece = 64 * kKiB;
    for (uint64_t sent = 0; sent < length || sent == 0;) {
      if (sent >= break_after) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "Socket closed");
      const uint64_t size = std::min(kPiece, length - sent);
      message.set_data(data.substr(offset + sent, size));
      if (corrupt && sent == 0 && size > 0) (*message.mutable_data())[0] ^= 1;
      if (!writer->Write(message)) return grpc::Status::CANCELLED;
      message.Clear();
      sent += std::max<uint64_t>(size, 1);
      while (hang && !context->IsCancelled()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
    }
    return grpc::Status::OK;
  }

  grpc::Status OpenSession(grpc::ServerContext*, const v1::OpenSessionRequest*,
                           v1::OpenSessionResponse* response) override {
    if (!options_.sessions) return grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "");
    if (options_.sessions_denied) return grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "");
    MutexLock lock(&mutex_);
    response->set_session(sessions_.Open());
    response->set_term_seconds(options_.term_seconds);
    return grpc::Status::OK;
  }

  grpc::Status RenewSession(grpc::ServerContext*, const v1::RenewSessionRequest* request,
                            v1::RenewSessionResponse*) override {
    if (!options_.sessions) return grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "");
    MutexLock lock(&mutex_);
    return ToGrpcStatus(sessions_.Renew(*request));
  }

  grpc::Status CloseSession(grpc::ServerContext*, const v1::CloseSessionRequest* request,
                            v1::CloseSessionResponse*) override {
    if (!options_.sessions) return grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "");
    MutexLock lock(&mutex_);
    sessions_.Close(request->session());
    return grpc::Status::OK;
  }

 private:
  friend class FakeGateway;

  /// Counts the transfers that are under way.
  class Transfer {
   public:
    explicit Transfer(Service* service) : service_(service) {
      MutexLock lock(&service_->mutex_);
      service_->most_transfers_ = std::max(service_->most_transfers_, ++service_->transfers_);
      service_->begun_.NotifyAll();
      const absl::Time give_up = absl::Now() + absl::Seconds(1);
      while (service_->transfers_ < service_->together_ && absl::Now() < give_up) {
        service_->begun_.WaitFor(&service_->mutex_, absl::Milliseconds(50));
      }
      if (service_->transfers_ >= service_->together_) service_->together_ = 0;
    }
    ~Transfer() {
      MutexLock lock(&service_->mutex_);
      --service_->transfers_;
    }

   private:
    Service* const service_;
  };

  absl::Status Admit() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    ++calls_;
    if (failures_ == 0) return absl::OkStatus();
    --failures_;
    return failure_;
  }

  template <typename Response>
  grpc::Status Answer(absl::StatusOr<Response> result, Response* response) {
    if (result.ok()) *response = *std::move(result);
    return ToGrpcStatus(result.status());
  }

  /// Carries out a call that changes something, or gives the outcome of its operation again.
  template <typename Request, typename Response, typename Run>
  grpc::Status Once(const Request& request, Response* response, const Run& run)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    const v1::OperationId& id = request.operation();
    operations_.push_back(id);
    if (!request.has_operation()) return Conclude(run(), response);
    const auto kept = sessions_.Kept(id);
    if (!kept.ok()) return ToGrpcStatus(kept.status());
    if (kept->has_value()) {
      (void)response->ParseFromString((*kept)->response);
      return ToGrpcStatus((*kept)->status);
    }
    const absl::StatusOr<Response> result = run();
    effects_ += result.ok() ? 1 : 0;
    sessions_.Keep(id, {result.status(), result.ok() ? result->SerializeAsString() : ""});
    return Conclude(result, response);
  }

  template <typename Response>
  grpc::Status Conclude(const absl::StatusOr<Response>& result, Response* response)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (lost_answers_ == 0) return Answer(result, response);
    --lost_answers_;
    return ToGrpcStatus(lost_answer_);
  }

  template <typename Request, typename Response, typename Store>
  grpc::Status Take(grpc::ServerReader<Request>* reader, Response* response, const Store& store) {
    const Transfer transfer(this);
    uint64_t break_after = UINT64_MAX;
    {
      MutexLock lock(&mutex_);
      if (auto status = Admit(); !status.ok()) return ToGrpcStatus(status);
      if (put_breaks_ > 0) --put_breaks_, break_after = put_break_after_;
    }
    Request message;
    typename Request::Header header;
    std::string data;
    std::optional<uint32_t> crc;
    for (bool first = true; reader->Read(&message); first = false) {
      if (first) {
        header = message.header();
        v1::HeadBucketRequest bucket;
        bucket.set_bucket(header.bucket());
        MutexLock lock(&mutex_);
        if (auto found = store_.HeadBucket(bucket); !found.ok())
          return ToGrpcStatus(found.status());
        if (header.has_crc32c()) crc = header.crc32c();
      }
      if (message.trailer().has_crc32c()) crc = message.trailer().crc32c();
      NoteMessage(message.data().size());
      data += message.data();
      if (data.size() >= break_after) {
        return grpc::Status(grpc::StatusCode::UNAVAILABLE, "Socket closed");
      }
    }
    if (header.has_content_length() && header.content_length() != data.size()) {
      return ToGrpcStatus(MakeError(
          absl::StatusCode::kInvalidArgument, v1::BODY_LENGTH_MISMATCH,
          absl::StrCat("announced ", header.content_length(), " bytes, got ", data.size())));
    }
    if (crc != Crc32c(data)) {
      return ToGrpcStatus(MakeError(absl::StatusCode::kDataLoss, v1::CHECKSUM_MISMATCH,
                                    "the body does not match its CRC32C, or came without one"));
    }
    MutexLock lock(&mutex_);
    const grpc::Status status =
        Once(header, response, [&] { return store(header, std::move(data)); });
    if (status.ok() && corrupt_answers_) response->set_crc32c(response->crc32c() + 1);
    return status;
  }

  template <typename Value>
  Value Seen(Value Service::* member) const {
    MutexLock lock(&mutex_);
    return this->*member;
  }

  void NoteMessage(size_t size) {
    MutexLock lock(&mutex_);
    largest_message_ = std::max(largest_message_, size);
    bytes_put_ += size;
  }

  const Options options_;
  mutable Mutex mutex_;
  FakeObjectStore store_ ABSL_GUARDED_BY(mutex_);
  v1::ClusterStatus status_ ABSL_GUARDED_BY(mutex_);
  v1::NodeChangePlan plan_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::NodeChange> node_changes_ ABSL_GUARDED_BY(mutex_);
  v1::ListJobsResponse jobs_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::ChangeJobRequest> job_changes_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::ExplainObjectResponse> explanation_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::ExplainObjectRequest> explain_requests_ ABSL_GUARDED_BY(mutex_);
  FakeSessions sessions_ ABSL_GUARDED_BY(mutex_);
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  int failures_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status lost_answer_ ABSL_GUARDED_BY(mutex_);
  int lost_answers_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t break_after_ ABSL_GUARDED_BY(mutex_) = 0;
  int breaks_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t put_break_after_ ABSL_GUARDED_BY(mutex_) = 0;
  int put_breaks_ ABSL_GUARDED_BY(mutex_) = 0;
  bool corrupt_gets_ ABSL_GUARDED_BY(mutex_) = false;
  bool corrupt_answers_ ABSL_GUARDED_BY(mutex_) = false;
  bool hang_gets_ ABSL_GUARDED_BY(mutex_) = false;
  int calls_ ABSL_GUARDED_BY(mutex_) = 0;
  int effects_ ABSL_GUARDED_BY(mutex_) = 0;
  int transfers_ ABSL_GUARDED_BY(mutex_) = 0;
  int together_ ABSL_GUARDED_BY(mutex_) = 0;
  CondVar begun_;
  int most_transfers_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<v1::OperationId> operations_ ABSL_GUARDED_BY(mutex_);
  size_t largest_message_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t bytes_put_ ABSL_GUARDED_BY(mutex_) = 0;
  int port_ = 0;
  FakeAccess access_{[this](const std::string& bucket) {
    MutexLock lock(&mutex_);
    return store_.HasBucket(bucket);
  }};
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace trebol::testing
