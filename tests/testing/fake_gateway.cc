#include "tests/testing/fake_gateway.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/timestamp.pb.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/mutex.h"
#include "common/checksum/crc32c.h"
#include "trebol/v1/admin.grpc.pb.h"
#include "trebol/v1/object.grpc.pb.h"

namespace trebol::testing {
namespace {

using grpc::ServerContext;

/// A google.rpc.Status by hand, as the servers send it: code = 1, message = 2, details = 3.
std::string RpcStatus(const absl::Status& status, const std::string& detail) {
  google::protobuf::Any any;
  any.set_type_url(std::string(kErrorDetailUrl));
  any.set_value(detail);
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.WriteTag(1 << 3);
    out.WriteVarint32(static_cast<uint32_t>(status.code()));
    const std::string message(status.message());
    const std::string details = any.SerializeAsString();
    out.WriteTag((2 << 3) | 2);
    out.WriteVarint32(message.size());
    out.WriteString(message);
    out.WriteTag((3 << 3) | 2);
    out.WriteVarint32(details.size());
    out.WriteString(details);
  }
  return bytes;
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const auto code = static_cast<grpc::StatusCode>(status.code());
  const std::string message(status.message());
  const auto detail = status.GetPayload(kErrorDetailUrl);
  if (!detail) return grpc::Status(code, message);
  return grpc::Status(code, message, RpcStatus(status, std::string(*detail)));
}

absl::Status NoBucket(const std::string& bucket) {
  return MakeError(absl::StatusCode::kNotFound, v1::BUCKET_NOT_FOUND,
                   absl::StrCat("bucket '", bucket, "' does not exist; create it first"));
}

absl::Status NoObject(const std::string& key) {
  return MakeError(absl::StatusCode::kNotFound, v1::OBJECT_NOT_FOUND,
                   absl::StrCat("object '", key, "' does not exist"));
}

struct Object {
  v1::ObjectInfo info;
  std::string data;
};

using Objects = std::map<std::string, Object>;

}  // namespace

class FakeGateway::Service final : public v1::ObjectService::Service,
                                   public v1::AdminService::Service {
 public:
  Service() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(static_cast<v1::ObjectService::Service*>(this));
    builder.RegisterService(static_cast<v1::AdminService::Service*>(this));
    builder.SetMaxReceiveMessageSize(kMaxMessageSize);
    builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 5'000);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    server_ = builder.BuildAndStart();
  }

  grpc::Status CreateBucket(ServerContext*, const v1::CreateBucketRequest* request,
                            v1::Bucket* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpc(status);
    if (buckets_.count(request->bucket()) > 0) {
      return ToGrpc(MakeError(absl::StatusCode::kAlreadyExists, v1::BUCKET_ALREADY_EXISTS,
                              absl::StrCat("bucket '", request->bucket(), "' already exists")));
    }
    buckets_[request->bucket()];
    response->set_name(request->bucket());
    return grpc::Status::OK;
  }

  grpc::Status DeleteBucket(ServerContext*, const v1::DeleteBucketRequest* request,
                            v1::DeleteBucketResponse*) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpc(status);
    auto found = buckets_.find(request->bucket());
    if (found == buckets_.end()) return ToGrpc(NoBucket(request->bucket()));
    if (!found->second.empty()) {
      return ToGrpc(MakeError(absl::StatusCode::kFailedPrecondition, v1::BUCKET_NOT_EMPTY,
                              absl::StrCat("bucket '", request->bucket(), "' is not empty")));
    }
    buckets_.erase(found);
    return grpc::Status::OK;
  }

  grpc::Status HeadBucket(ServerContext*, const v1::HeadBucketRequest* request,
                          v1::Bucket* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpc(status);
    if (buckets_.count(request->bucket()) == 0) return ToGrpc(NoBucket(request->bucket()));
    response->set_name(request->bucket());
    return grpc::Status::OK;
  }

  grpc::Status ListBuckets(ServerContext*, const v1::ListBucketsRequest*,
                           v1::ListBucketsResponse* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpc(status);
    for (const auto& [name, objects] : buckets_) {
      v1::Bucket* bucket = response->add_buckets();
      bucket->set_name(name);
      bucket->mutable_created()->set_seconds(1'700'000'000);
    }
    return grpc::Status::OK;
  }

  grpc::Status PutObject(ServerContext*, grpc::ServerReader<v1::PutObjectRequest>* reader,
                         v1::ObjectInfo* response) override {
    {
      MutexLock lock(&mutex_);
      if (auto status = Admit(); !status.ok()) return ToGrpc(status);
    }
    v1::PutObjectRequest message;
    v1::PutObjectRequest::Header header;
    std::string data;
    bool has_crc = false;
    uint32_t crc = 0;
    bool first = true;
    while (reader->Read(&message)) {
      if (first) {
        header = message.header();
        if (!HasBucket(header.bucket())) return ToGrpc(NoBucket(header.bucket()));
        if (header.has_crc32c()) has_crc = true, crc = header.crc32c();
      }
      first = false;
      if (message.trailer().has_crc32c()) has_crc = true, crc = message.trailer().crc32c();
      NoteMessage(message.data().size());
      data += message.data();
    }
    if (header.has_content_length() && header.content_length() != data.size()) {
      return ToGrpc(MakeError(
          absl::StatusCode::kInvalidArgument, v1::BODY_LENGTH_MISMATCH,
          absl::StrCat("announced ", header.content_length(), " bytes, got ", data.size())));
    }
    if (!has_crc || crc != Crc32c(data)) {
      return ToGrpc(MakeError(absl::StatusCode::kDataLoss, v1::CHECKSUM_MISMATCH,
                              "the body does not match its CRC32C, or came without one"));
    }
    MutexLock lock(&mutex_);
    *response = Store(header, std::move(data));
    if (corrupt_answers_) response->set_crc32c(response->crc32c() + 1);
    return grpc::Status::OK;
  }

  grpc::Status GetObject(ServerContext* context, const v1::GetObjectRequest* request,
                         grpc::ServerWriter<v1::GetObjectResponse>* writer) override {
    Object object;
    uint64_t break_after = UINT64_MAX;
    bool corrupt = false;
    bool hang = false;
    {
      MutexLock lock(&mutex_);
      if (auto status = Admit(); !status.ok()) return ToGrpc(status);
      const Object* found = nullptr;
      if (auto status = Find(request->bucket(), request->key(), &found); !status.ok()) {
        return ToGrpc(status);
      }
      object = *found;
      if (breaks_ > 0) --breaks_, break_after = break_after_;
      corrupt = corrupt_gets_;
      hang = hang_gets_;
    }
    const uint64_t offset = request->range().offset();
    if (request->has_range() && offset >= object.data.size()) {
      return ToGrpc(MakeError(absl::StatusCode::kOutOfRange, v1::INVALID_RANGE,
                              absl::StrCat("the range begins at ", offset, " but the object has ",
                                           object.data.size(), " bytes")));
    }
    uint64_t length = object.data.size() - offset;
    if (request->range().has_length()) length = std::min(length, request->range().length());
    v1::GetObjectResponse message;
    *message.mutable_info() = object.info;
    message.mutable_range()->set_offset(offset);
    message.mutable_range()->set_length(length);
    if (corrupt && !object.data.empty()) object.data[offset] ^= 1;
    constexpr uint64_t kPiece = 64 * kKiB;
    for (uint64_t sent = 0; sent < length || sent == 0;) {
      if (sent >= break_after) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "Socket closed");
      const uint64_t size = std::min(kPiece, length - sent);
      message.set_data(object.data.substr(offset + sent, size));
      if (!writer->Write(message)) return grpc::Status::CANCELLED;
      message.Clear();
      sent += std::max<uint64_t>(size, 1);
      while (hang && !context->IsCancelled()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
    }
    return grpc::Status::OK;
  }

  grpc::Status HeadObject(ServerContext*, const v1::HeadObjectRequest* request,
                          v1::ObjectInfo* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpc(status);
    const Object* found = nullptr;
    if (auto status = Find(request->bucket(), request->key(), &found); !status.ok()) {
      return ToGrpc(status);
    }
    *response = found->info;
    return grpc::Status::OK;
  }

  grpc::Status DeleteObject(ServerContext*, const v1::DeleteObjectRequest* request,
                            v1::DeleteObjectResponse* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpc(status);
    auto bucket = buckets_.find(request->bucket());
    if (bucket == buckets_.end()) return ToGrpc(NoBucket(request->bucket()));
    response->set_existed(bucket->second.erase(request->key()) > 0);
    return grpc::Status::OK;
  }

  grpc::Status ListObjects(ServerContext*, const v1::ListObjectsRequest* request,
                           v1::ListObjectsResponse* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpc(status);
    auto bucket = buckets_.find(request->bucket());
    if (bucket == buckets_.end()) return ToGrpc(NoBucket(request->bucket()));
    const uint32_t page_size = request->page_size() == 0 ? kDefaultPageSize : request->page_size();
    const std::string& after =
        request->page_token().empty() ? request->start_after() : request->page_token();
    uint32_t count = 0;
    std::string last;
    for (const auto& [key, object] : bucket->second) {
      if (key <= after || !absl::StartsWith(key, request->prefix())) continue;
      if (!last.empty() && last == FoldedPrefix(key, *request)) continue;
      const std::string folded = FoldedPrefix(key, *request);
      // A page token that is a common prefix stands for every key below it.
      if (!folded.empty() && folded == after) continue;
      if (count == page_size) {
        response->set_next_page_token(last);
        break;
      }
      if (folded.empty()) {
        *response->add_objects() = object.info;
        last = key;
      } else {
        response->add_common_prefixes(folded);
        last = folded;
      }
      ++count;
    }
    return grpc::Status::OK;
  }

  grpc::Status GetClusterStatus(ServerContext*, const v1::GetClusterStatusRequest*,
                                v1::ClusterStatus* response) override {
    MutexLock lock(&mutex_);
    if (auto status = Admit(); !status.ok()) return ToGrpc(status);
    *response = status_;
    return grpc::Status::OK;
  }

  bool HasBucket(const std::string& bucket) {
    MutexLock lock(&mutex_);
    return buckets_.count(bucket) > 0;
  }

 private:
  friend class FakeGateway;

  absl::Status Admit() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    ++calls_;
    if (failures_ == 0) return absl::OkStatus();
    --failures_;
    return failure_;
  }

  absl::Status Find(const std::string& bucket, const std::string& key, const Object** found)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    auto objects = buckets_.find(bucket);
    if (objects == buckets_.end()) return NoBucket(bucket);
    auto object = objects->second.find(key);
    if (object == objects->second.end()) return NoObject(key);
    *found = &object->second;
    return absl::OkStatus();
  }

  const v1::ObjectInfo& Store(const v1::PutObjectRequest::Header& header, std::string data)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    Object& object = buckets_[header.bucket()][header.key()];
    object.data = std::move(data);
    object.info.Clear();
    object.info.set_bucket(header.bucket());
    object.info.set_key(header.key());
    object.info.set_size(object.data.size());
    object.info.set_crc32c(Crc32c(object.data));
    object.info.set_etag(absl::StrCat(object.info.crc32c(), "-1"));
    object.info.mutable_last_modified()->set_seconds(1'700'000'000);
    object.info.set_content_type(header.content_type().empty() ? "application/octet-stream"
                                                               : header.content_type());
    *object.info.mutable_user_metadata() = header.user_metadata();
    object.info.set_version(absl::StrCat("v", ++versions_));
    return object.info;
  }

  static std::string FoldedPrefix(const std::string& key, const v1::ListObjectsRequest& request) {
    if (request.delimiter().empty()) return "";
    const size_t at = key.find(request.delimiter(), request.prefix().size());
    return at == std::string::npos ? "" : key.substr(0, at + request.delimiter().size());
  }

  void NoteMessage(size_t size) {
    MutexLock lock(&mutex_);
    largest_message_ = std::max(largest_message_, size);
  }

  Mutex mutex_;
  std::map<std::string, Objects> buckets_ ABSL_GUARDED_BY(mutex_);
  v1::ClusterStatus status_ ABSL_GUARDED_BY(mutex_);
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  int failures_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t break_after_ ABSL_GUARDED_BY(mutex_) = 0;
  int breaks_ ABSL_GUARDED_BY(mutex_) = 0;
  bool corrupt_gets_ ABSL_GUARDED_BY(mutex_) = false;
  bool corrupt_answers_ ABSL_GUARDED_BY(mutex_) = false;
  bool hang_gets_ ABSL_GUARDED_BY(mutex_) = false;
  int calls_ ABSL_GUARDED_BY(mutex_) = 0;
  int versions_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t largest_message_ ABSL_GUARDED_BY(mutex_) = 0;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

FakeGateway::FakeGateway() : service_(std::make_unique<Service>()) {}
FakeGateway::~FakeGateway() { Stop(); }

std::string FakeGateway::endpoint() const { return absl::StrCat("127.0.0.1:", service_->port_); }

void FakeGateway::Stop() { service_->server_->Shutdown(std::chrono::system_clock::now()); }

void FakeGateway::AddBucket(const std::string& bucket) {
  MutexLock lock(&service_->mutex_);
  service_->buckets_[bucket];
}

void FakeGateway::AddObject(const std::string& bucket, const std::string& key,
                            const std::string& data) {
  MutexLock lock(&service_->mutex_);
  v1::PutObjectRequest::Header header;
  header.set_bucket(bucket);
  header.set_key(key);
  service_->Store(header, data);
}

bool FakeGateway::HasBucket(const std::string& bucket) const { return service_->HasBucket(bucket); }

bool FakeGateway::HasObject(const std::string& bucket, const std::string& key) const {
  MutexLock lock(&service_->mutex_);
  const Object* found = nullptr;
  return service_->Find(bucket, key, &found).ok();
}

std::string FakeGateway::DataOf(const std::string& bucket, const std::string& key) const {
  MutexLock lock(&service_->mutex_);
  const Object* found = nullptr;
  return service_->Find(bucket, key, &found).ok() ? found->data : "";
}

std::string FakeGateway::ContentTypeOf(const std::string& bucket, const std::string& key) const {
  MutexLock lock(&service_->mutex_);
  const Object* found = nullptr;
  return service_->Find(bucket, key, &found).ok() ? found->info.content_type() : "";
}

std::map<std::string, std::string> FakeGateway::MetadataOf(const std::string& bucket,
                                                           const std::string& key) const {
  MutexLock lock(&service_->mutex_);
  const Object* found = nullptr;
  std::map<std::string, std::string> metadata;
  if (service_->Find(bucket, key, &found).ok()) {
    metadata.insert(found->info.user_metadata().begin(), found->info.user_metadata().end());
  }
  return metadata;
}

std::vector<std::string> FakeGateway::Keys(const std::string& bucket) const {
  MutexLock lock(&service_->mutex_);
  std::vector<std::string> keys;
  auto found = service_->buckets_.find(bucket);
  if (found == service_->buckets_.end()) return keys;
  for (const auto& [key, object] : found->second) keys.push_back(key);
  return keys;
}

void FakeGateway::SetStatus(const v1::ClusterStatus& status) {
  MutexLock lock(&service_->mutex_);
  service_->status_ = status;
}

void FakeGateway::FailNext(int times, const absl::Status& status) {
  MutexLock lock(&service_->mutex_);
  service_->failures_ = times;
  service_->failure_ = status;
}

void FakeGateway::BreakGetsAfter(uint64_t bytes, int times) {
  MutexLock lock(&service_->mutex_);
  service_->break_after_ = bytes;
  service_->breaks_ = times;
}

void FakeGateway::CorruptGets() {
  MutexLock lock(&service_->mutex_);
  service_->corrupt_gets_ = true;
}

void FakeGateway::CorruptPutAnswers() {
  MutexLock lock(&service_->mutex_);
  service_->corrupt_answers_ = true;
}

void FakeGateway::HangGets() {
  MutexLock lock(&service_->mutex_);
  service_->hang_gets_ = true;
}

int FakeGateway::calls() const {
  MutexLock lock(&service_->mutex_);
  return service_->calls_;
}

size_t FakeGateway::largest_message() const {
  MutexLock lock(&service_->mutex_);
  return service_->largest_message_;
}

}  // namespace trebol::testing
