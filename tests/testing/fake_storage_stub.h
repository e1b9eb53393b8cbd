#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/async/one_shot.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "common/stub/storage_stub.h"

namespace trebol {

/// Storage nodes in memory, one an endpoint, that do as they are told. Thread-safe.
class FakeStorageStub final : public StorageStub {
 public:
  struct Script {
    absl::Status put;          // answered in place of storing
    absl::Status get;          // answered in place of reading
    int failures = -1;         // how many calls `put` and `get` are for; -1: all
    uint64_t least_epoch = 0;  // older ones are STALE_EPOCH
    uint64_t known_epoch = 0;  // later ones are NOT_READY until an entry comes along; 0: knows all
    bool flip = false;         // one bit of what is read, under the right checksum
    bool truncate = false;     // the last byte of what is read is missing, checksum to match
    bool uncertain = false;    // what it lacks it may have lost
    bool rotten = false;       // its copies are bad, which shows when they are verified
    int64_t verified_us = 0;   // what it says of its copies
  };
  void Set(const std::string& endpoint, Script script);

  /// Calls to this endpoint wait until Release, or until they are cancelled.
  void Hold(const std::string& endpoint);
  void Release(const std::string& endpoint);
  int held(const std::string& endpoint);

  int puts(const std::string& endpoint);
  int gets(const std::string& endpoint);
  int stats(const std::string& endpoint);
  size_t chunks(const std::string& endpoint);
  bool Has(const std::string& endpoint, const ChunkId& id);
  /// `to` gets a copy of all that `endpoint` has, in the place of `hint_for`.
  void CopyChunks(const std::string& endpoint, const std::string& to, uint64_t hint_for);
  void Forget(const std::string& endpoint);
  std::vector<v1::ReportSessionRequest> reports(const std::string& endpoint);
  std::vector<v1::PutChunkRequest> put_headers();

  Task<v1::PutChunkResponse> PutChunk(RequestContextPtr context, std::string endpoint,
                                      v1::PutChunkRequest header, Bytes data) override;
  Task<ChunkAnswer> GetChunk(RequestContextPtr context, std::string endpoint,
                             v1::GetChunkRequest request) override;
  Task<v1::StatChunkResponse> StatChunk(RequestContextPtr context, std::string endpoint,
                                        v1::StatChunkRequest request) override;
  Task<v1::DeleteVersionsResponse> DeleteVersions(RequestContextPtr context, std::string endpoint,
                                                  v1::DeleteVersionsRequest request) override;
  Task<v1::ReportSessionResponse> ReportSession(RequestContextPtr context, std::string endpoint,
                                                v1::ReportSessionRequest request) override;

 private:
  struct Node {
    Script script;
    bool hold = false;
    std::vector<std::shared_ptr<OneShot<absl::Status>>> held;
    std::map<ChunkId, Bytes> chunks;
    std::map<ChunkId, uint64_t> hints;
    int puts = 0;
    int gets = 0;
    int stats = 0;
    std::vector<v1::ReportSessionRequest> reports;
  };
  /// Waits while the endpoint is held.
  Task<void> Enter(RequestContextPtr context, std::string endpoint);
  static absl::Status Scripted(Node* node, const absl::Status& status);

  Mutex mutex_;
  std::map<std::string, Node> nodes_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::PutChunkRequest> put_headers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
