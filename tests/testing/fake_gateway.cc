#include "tests/testing/fake_gateway.h"

#include <chrono>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/testing/fake_gateway_service.h"

namespace trebol::testing {

FakeGateway::FakeGateway(const Options& options) : service_(std::make_unique<Service>(options)) {}
FakeGateway::~FakeGateway() { Stop(); }

std::string FakeGateway::endpoint() const { return absl::StrCat("127.0.0.1:", service_->port_); }

void FakeGateway::Stop() { service_->server_->Shutdown(std::chrono::system_clock::now()); }

void FakeGateway::AddBucket(const std::string& bucket) {
  MutexLock lock(&service_->mutex_);
  v1::CreateBucketRequest request;
  request.set_bucket(bucket);
  (void)service_->store_.CreateBucket(request);
}

void FakeGateway::AddObject(const std::string& bucket, const std::string& key,
                            const std::string& data) {
  MutexLock lock(&service_->mutex_);
  v1::PutObjectRequest::Header header;
  header.set_bucket(bucket);
  header.set_key(key);
  (void)service_->store_.Put(header, data);
}

bool FakeGateway::HasBucket(const std::string& bucket) const {
  MutexLock lock(&service_->mutex_);
  return service_->store_.HasBucket(bucket);
}

bool FakeGateway::HasObject(const std::string& bucket, const std::string& key) const {
  MutexLock lock(&service_->mutex_);
  return service_->store_.Find(bucket, key, "", {}).ok();
}

std::string FakeGateway::DataOf(const std::string& bucket, const std::string& key) const {
  MutexLock lock(&service_->mutex_);
  const auto found = service_->store_.Find(bucket, key, "", {});
  return found.ok() ? *found->data : "";
}

std::string FakeGateway::ContentTypeOf(const std::string& bucket, const std::string& key) const {
  MutexLock lock(&service_->mutex_);
  const auto found = service_->store_.Find(bucket, key, "", {});
  return found.ok() ? found->info.content_type() : "";
}

std::map<std::string, std::string> FakeGateway::MetadataOf(const std::string& bucket,
                                                           const std::string& key) const {
  MutexLock lock(&service_->mutex_);
  const auto found = service_->store_.Find(bucket, key, "", {});
  if (!found.ok()) return {};
  return {found->info.user_metadata().begin(), found->info.user_metadata().end()};
}

std::vector<std::string> FakeGateway::Keys(const std::string& bucket) const {
  MutexLock lock(&service_->mutex_);
  return service_->store_.Keys(bucket);
}

void FakeGateway::SetStatus(const v1::ClusterStatus& status) {
  MutexLock lock(&service_->mutex_);
  service_->status_ = status;
}

void FakeGateway::SetPlan(const v1::NodeChangePlan& plan) {
  MutexLock lock(&service_->mutex_);
  service_->plan_ = plan;
}

std::vector<v1::NodeChange> FakeGateway::node_changes() const {
  MutexLock lock(&service_->mutex_);
  return service_->node_changes_;
}

void FakeGateway::SetJobs(const v1::ListJobsResponse& jobs) {
  MutexLock lock(&service_->mutex_);
  service_->jobs_ = jobs;
}

std::vector<v1::ChangeJobRequest> FakeGateway::job_changes() const {
  MutexLock lock(&service_->mutex_);
  return service_->job_changes_;
}

std::map<std::string, v1::AccessKey> FakeGateway::keys() const { return service_->access_.keys(); }

v1::BucketAccess FakeGateway::AccessOf(const std::string& bucket) const {
  return service_->access_.BucketOf(bucket);
}

void FakeGateway::SetExplanation(const std::vector<v1::ExplainObjectResponse>& pages) {
  MutexLock lock(&service_->mutex_);
  service_->explanation_ = pages;
}

std::vector<v1::ExplainObjectRequest> FakeGateway::explain_requests() const {
  return service_->Seen(&Service::explain_requests_);
}

void FakeGateway::FailNext(int times, const absl::Status& status) {
  MutexLock lock(&service_->mutex_);
  service_->failures_ = times;
  service_->failure_ = status;
}

void FakeGateway::LoseAnswers(int times, const absl::Status& status) {
  MutexLock lock(&service_->mutex_);
  service_->lost_answers_ = times;
  service_->lost_answer_ = status;
}

void FakeGateway::BreakGetsAfter(uint64_t bytes, int times) {
  MutexLock lock(&service_->mutex_);
  service_->break_after_ = bytes;
  service_->breaks_ = times;
}

void FakeGateway::BreakPutsAfter(uint64_t bytes, int times) {
  MutexLock lock(&service_->mutex_);
  service_->put_break_after_ = bytes;
  service_->put_breaks_ = times;
}

void FakeGateway::CorruptGets(bool corrupt) {
  MutexLock lock(&service_->mutex_);
  service_->corrupt_gets_ = corrupt;
}

void FakeGateway::CorruptPutAnswers() {
  MutexLock lock(&service_->mutex_);
  service_->corrupt_answers_ = true;
}

void FakeGateway::HangGets() {
  MutexLock lock(&service_->mutex_);
  service_->hang_gets_ = true;
}

void FakeGateway::HoldTransfersUntil(int together) {
  MutexLock lock(&service_->mutex_);
  service_->together_ = together;
}

void FakeGateway::CloseSessions() {
  MutexLock lock(&service_->mutex_);
  service_->sessions_.EndAll();
}

void FakeGateway::ForgetSessions() {
  MutexLock lock(&service_->mutex_);
  service_->sessions_.ForgetAll();
}

int FakeGateway::calls() const { return service_->Seen(&Service::calls_); }

size_t FakeGateway::largest_message() const { return service_->Seen(&Service::largest_message_); }

uint64_t FakeGateway::bytes_put() const { return service_->Seen(&Service::bytes_put_); }

uint64_t FakeGateway::BytesPutOnceQuiet() const {
  uint64_t bytes = bytes_put();
  for (int quiet = 0; quiet < 5; ++quiet) {
    absl::SleepFor(absl::Milliseconds(20));
    if (const uint64_t now = bytes_put(); now != bytes) quiet = 0, bytes = now;
  }
  return bytes;
}

int FakeGateway::most_transfers() const { return service_->Seen(&Service::most_transfers_); }

int FakeGateway::effects() const { return service_->Seen(&Service::effects_); }

std::vector<v1::OperationId> FakeGateway::operations() const {
  return service_->Seen(&Service::operations_);
}

int FakeGateway::sessions_opened() const {
  MutexLock lock(&service_->mutex_);
  return service_->sessions_.opened();
}

int FakeGateway::sessions_closed() const {
  MutexLock lock(&service_->mutex_);
  return service_->sessions_.closed();
}

std::vector<v1::RenewSessionRequest> FakeGateway::renewals() const {
  MutexLock lock(&service_->mutex_);
  return service_->sessions_.renewals();
}

}  // namespace trebol::testing
