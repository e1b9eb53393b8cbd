#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/async/request_context.h"
#include "common/async/runtime.h"
#include "common/async/semaphore.h"
#include "common/async/task.h"
#include "gateway/cluster/gateway_session.h"
#include "gateway/object/body.h"
#include "gateway/object/commands.h"
#include "gateway/replication/replica_writer.h"

namespace trebol {

/// Asked for by S3, whose clients take a plain etag for the MD5 of the body: the etag is that, and
/// the value is not kept beside it.
struct Md5Etag {
  std::string expected;  // what the body must have, 16 bytes; empty: anything
};

/// Stores a body as a new version, chunk by chunk on W nodes each, and commits it by one command.
/// Whatever happens the version is decided: committed, or given up before a definite error is
/// answered. Thread-safe.
class BodyStore {
 public:
  BodyStore(Runtime& runtime, std::shared_ptr<GatewaySession> session,
            std::shared_ptr<Commands> commands, std::shared_ptr<ReplicaWriter> replicas,
            std::shared_ptr<Semaphore> memory);

  /// What the client said of its body before it came.
  struct Announced {
    std::string name;  // for messages
    std::optional<uint64_t> length;
    std::optional<uint32_t> crc32c;
    google::protobuf::RepeatedPtrField<v1::Checksum> checksums;  // computed and kept
    std::optional<Md5Etag> md5_etag;                             // absent: an opaque etag
    uint64_t most = 0;                                           // bytes allowed
  };
  /// The command for what was stored: a manifest with version, sizes, checksums and an etag.
  using MakeCommand =
      std::function<v1::Command(const v1::OperationId& operation, v1::Manifest manifest)>;

  /// `callers` is the caller's own operation id, or empty. BODY_LENGTH_MISMATCH, CHECKSUM_MISMATCH,
  /// OBJECT_TOO_LARGE; QUORUM_NOT_MET and what the command's outcome is.
  Task<v1::Outcome> Run(RequestContextPtr context, Announced announced, v1::OperationId callers,
                        BodyReaderPtr body, MakeCommand make);

 private:
  struct Upload;
  static absl::StatusOr<std::string> EtagOf(Upload& upload);
  Task<v1::Manifest> Receive(RequestContextPtr context, std::shared_ptr<Upload> upload,
                             BodyReaderPtr body);
  Task<void> StartChunk(RequestContextPtr context, std::shared_ptr<Upload> upload, Bytes chunk,
                        std::shared_ptr<Semaphore::Permit> permit);

  Runtime& runtime_;
  const std::shared_ptr<GatewaySession> session_;
  const std::shared_ptr<Commands> commands_;
  const std::shared_ptr<ReplicaWriter> replicas_;
  const std::shared_ptr<Semaphore> memory_;
};

}  // namespace trebol
