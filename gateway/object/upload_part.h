#pragma once

#include <memory>
#include <optional>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/stub/metadata_stub.h"
#include "gateway/object/body.h"
#include "gateway/object/body_store.h"

namespace trebol {

/// Stores a part of a multipart upload, as PutObject stores an object. Thread-safe.
class UploadPart {
 public:
  using Message = v1::UploadPartRequest;
  using Header = Message::Header;

  UploadPart(std::shared_ptr<MetadataStub> metadata, std::shared_ptr<BodyStore> store)
      : metadata_(std::move(metadata)), store_(std::move(store)) {}

  /// With an opaque etag unless `md5_etag` asks for another.
  Task<v1::PartInfo> Run(RequestContextPtr context, Header header, BodyReaderPtr body,
                         std::optional<Md5Etag> md5_etag = std::nullopt);

 private:
  const std::shared_ptr<MetadataStub> metadata_;
  const std::shared_ptr<BodyStore> store_;
};

}  // namespace trebol
