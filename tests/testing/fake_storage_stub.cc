#include "tests/testing/fake_storage_stub.h"

#include "common/base/error.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"

namespace trebol {

void FakeStorageStub::Set(const std::string& endpoint, Script script) {
  MutexLock lock(&mutex_);
  nodes_[endpoint].script = std::move(script);
}

void FakeStorageStub::Hold(const std::string& endpoint) {
  MutexLock lock(&mutex_);
  nodes_[endpoint].hold = true;
}

void FakeStorageStub::Release(const std::string& endpoint) {
  std::vector<std::shared_ptr<OneShot<absl::Status>>> held;
  {
    MutexLock lock(&mutex_);
    nodes_[endpoint].hold = false;
    held.swap(nodes_[endpoint].held);
  }
  for (const auto& one : held) one->Set(absl::OkStatus());
}

int FakeStorageStub::held(const std::string& endpoint) {
  MutexLock lock(&mutex_);
  return static_cast<int>(nodes_[endpoint].held.size());
}

int FakeStorageStub::puts(const std::string& endpoint) {
  MutexLock lock(&mutex_);
  return nodes_[endpoint].puts;
}

int FakeStorageStub::gets(const std::string& endpoint) {
  MutexLock lock(&mutex_);
  return nodes_[endpoint].gets;
}

int FakeStorageStub::stats(const std::string& endpoint) {
  MutexLock lock(&mutex_);
  return nodes_[endpoint].stats;
}

size_t FakeStorageStub::chunks(const std::string& endpoint) {
  MutexLock lock(&mutex_);
  return nodes_[endpoint].chunks.size();
}

bool FakeStorageStub::Has(const std::string& endpoint, const ChunkId& id) {
  MutexLock lock(&mutex_);
  return nodes_[endpoint].chunks.contains(id);
}

void FakeStorageStub::Forget(const std::string& endpoint) {
  MutexLock lock(&mutex_);
  nodes_[endpoint].chunks.clear();
}

void FakeStorageStub::CopyChunks(const std::string& endpoint, const std::string& to,
                                 uint64_t hint_for) {
  MutexLock lock(&mutex_);
  for (const auto& [id, data] : nodes_[endpoint].chunks) {
    nodes_[to].chunks[id] = data;
    nodes_[to].hints[id] = hint_for;
  }
}

std::vector<v1::ReportSessionRequest> FakeStorageStub::reports(const std::string& endpoint) {
  MutexLock lock(&mutex_);
  return nodes_[endpoint].reports;
}

std::vector<v1::PutChunkRequest> FakeStorageStub::put_headers() {
  MutexLock lock(&mutex_);
  return put_headers_;
}

absl::Status FakeStorageStub::Scripted(Node* node, const absl::Status& status) {
  if (status.ok() || node->script.failures == 0) return absl::OkStatus();
  if (node->script.failures > 0) --node->script.failures;
  return status;
}

Task<void> FakeStorageStub::Enter(RequestContextPtr context, std::string endpoint) {
  auto release = std::make_shared<OneShot<absl::Status>>();
  {
    MutexLock lock(&mutex_);
    Node& node = nodes_[endpoint];
    if (!node.hold) {
      release->Set(context->cancellation->cancelled() ? absl::CancelledError("cancelled")
                                                      : absl::OkStatus());
    } else {
      node.held.push_back(release);
    }
  }
  Cancellation::Registration registration(
      context->cancellation, [release] { release->Set(absl::CancelledError("cancelled")); });
  const absl::Status status = co_await OneShot<absl::Status>::Wait(release);
  MutexLock lock(&mutex_);
  std::erase(nodes_[endpoint].held, release);
  co_return status;
}

Task<v1::PutChunkResponse> FakeStorageStub::PutChunk(RequestContextPtr context,
                                                     std::string endpoint,
                                                     v1::PutChunkRequest header, Bytes data) {
  {
    MutexLock lock(&mutex_);
    ++nodes_[endpoint].puts;
    put_headers_.push_back(header);
  }
  CO_RETURN_IF_ERROR(co_await Enter(context, endpoint));
  MutexLock lock(&mutex_);
  Node& node = nodes_[endpoint];
  CO_RETURN_IF_ERROR(Scripted(&node, node.script.put));
  if (header.epoch() < node.script.least_epoch) {
    co_return MakeError(absl::StatusCode::kAborted, v1::STALE_EPOCH, "an older epoch");
  }
  uint64_t& known_epoch = node.script.known_epoch;
  if (known_epoch != 0 && header.has_entry()) known_epoch = header.entry().epoch();
  if (known_epoch != 0 && header.epoch() > known_epoch) {
    co_return MakeError(absl::StatusCode::kUnavailable, v1::NOT_READY, "behind");
  }
  if (Crc32c(data) != header.crc32c()) {
    co_return MakeError(absl::StatusCode::kInvalidArgument, v1::CHECKSUM_MISMATCH, "wrong bytes");
  }
  v1::PutChunkResponse response;
  response.set_already_stored(!node.chunks.emplace(ChunkIdOf(header.chunk()), data).second);
  co_return response;
}

Task<ChunkAnswer> FakeStorageStub::GetChunk(RequestContextPtr context, std::string endpoint,
                                            v1::GetChunkRequest request) {
  {
    MutexLock lock(&mutex_);
    ++nodes_[endpoint].gets;
  }
  CO_RETURN_IF_ERROR(co_await Enter(context, endpoint));
  MutexLock lock(&mutex_);
  Node& node = nodes_[endpoint];
  CO_RETURN_IF_ERROR(Scripted(&node, node.script.get));
  if (request.epoch() < node.script.least_epoch) {
    co_return MakeError(absl::StatusCode::kAborted, v1::STALE_EPOCH, "an older epoch");
  }
  const auto found = node.chunks.find(ChunkIdOf(request.chunk()));
  if (found == node.chunks.end()) {
    co_return MakeError(absl::StatusCode::kNotFound, v1::CHUNK_NOT_FOUND, "absent");
  }
  ChunkAnswer answer;
  answer.data = found->second.Subcord(request.offset(), request.length());
  answer.header.set_chunk_size(static_cast<uint32_t>(found->second.size()));
  if (node.script.truncate) answer.data.RemoveSuffix(1);
  answer.header.set_crc32c(Crc32c(answer.data));
  if (node.script.flip) {
    std::string flat(answer.data);
    flat[flat.size() / 2] ^= 1;
    answer.data = Bytes(flat);
  }
  co_return answer;
}

Task<v1::StatChunkResponse> FakeStorageStub::StatChunk(RequestContextPtr context,
                                                       std::string endpoint,
                                                       v1::StatChunkRequest request) {
  {
    MutexLock lock(&mutex_);
    ++nodes_[endpoint].stats;
  }
  CO_RETURN_IF_ERROR(co_await Enter(context, endpoint));
  MutexLock lock(&mutex_);
  Node& node = nodes_[endpoint];
  CO_RETURN_IF_ERROR(Scripted(&node, node.script.get));
  v1::StatChunkResponse response;
  for (const v1::ChunkId& id : request.chunks()) {
    v1::StatChunkResponse::Entry* entry = response.add_entries();
    const auto found = node.chunks.find(ChunkIdOf(id));
    if (found == node.chunks.end()) {
      entry->set_state(node.script.uncertain ? v1::StatChunkResponse::UNKNOWN
                                             : v1::StatChunkResponse::ABSENT);
    } else if (node.script.rotten && request.verify()) {
      entry->set_state(v1::StatChunkResponse::CORRUPT);
    } else {
      entry->set_state(v1::StatChunkResponse::PRESENT);
      entry->set_size(static_cast<uint32_t>(found->second.size()) - (node.script.truncate ? 1 : 0));
      entry->set_hint_for(node.hints[found->first]);
      entry->set_verified_us(node.script.verified_us);
    }
  }
  co_return response;
}

Task<v1::DeleteVersionsResponse> FakeStorageStub::DeleteVersions(RequestContextPtr, std::string,
                                                                 v1::DeleteVersionsRequest) {
  co_return absl::UnimplementedError("no gateway asks this");
}

Task<v1::ReportSessionResponse> FakeStorageStub::ReportSession(RequestContextPtr context,
                                                               std::string endpoint,
                                                               v1::ReportSessionRequest request) {
  CO_RETURN_IF_ERROR(co_await Enter(context, endpoint));
  MutexLock lock(&mutex_);
  Node& node = nodes_[endpoint];
  CO_RETURN_IF_ERROR(Scripted(&node, node.script.put));
  node.reports.push_back(std::move(request));
  co_return v1::ReportSessionResponse();
}

}  // namespace trebol
