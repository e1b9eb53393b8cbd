#pragma once

#include <memory>
#include <optional>

#include "common/async/request_context.h"
#include "common/async/runtime.h"
#include "common/async/semaphore.h"
#include "common/async/task.h"
#include "gateway/cluster/gateway_session.h"
#include "gateway/object/body.h"
#include "gateway/replication/replica_writer.h"

namespace trebol {

/// Stores an object: chunks on W nodes each, then the name in metadata. The object appears whole or
/// not at all. Once a commit was sent, a definite error is answered only after the attempt was
/// decided ABANDONED; before, it is given up in the background while metadata is away.
/// Thread-safe.
class PutObject {
 public:
  using Header = v1::PutObjectRequest::Header;

  PutObject(Runtime& runtime, std::shared_ptr<MetadataStub> metadata,
            std::shared_ptr<GatewaySession> session, std::shared_ptr<ReplicaWriter> replicas,
            std::shared_ptr<Semaphore> memory);

  Task<v1::ObjectInfo> Run(RequestContextPtr context, Header header, BodyReaderPtr body);

 private:
  struct Upload;
  Task<v1::Manifest> Receive(RequestContextPtr context, std::shared_ptr<Upload> upload,
                             BodyReaderPtr body);
  Task<void> StartChunk(RequestContextPtr context, std::shared_ptr<Upload> upload, Bytes chunk,
                        std::shared_ptr<Semaphore::Permit> permit);
  Task<v1::ObjectRow> Commit(RequestContextPtr context, OpenOperation operation, Header header,
                             uint64_t bucket_id, v1::Manifest manifest);

  Runtime& runtime_;
  const std::shared_ptr<MetadataStub> metadata_;
  const std::shared_ptr<GatewaySession> session_;
  const std::shared_ptr<ReplicaWriter> replicas_;
  const std::shared_ptr<Semaphore> memory_;
};

}  // namespace trebol
