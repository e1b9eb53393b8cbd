#pragma once

#include <memory>
#include <optional>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "gateway/object/body.h"
#include "gateway/object/body_store.h"
#include "gateway/object/bucket_lookup.h"

namespace trebol {

/// Stores an object: chunks on W nodes each, then the name in metadata. The object appears whole or
/// not at all. Once a commit was sent, a definite error is answered only after the attempt was
/// decided ABANDONED; before, it is given up in the background while metadata is away.
/// Thread-safe.
class PutObject {
 public:
  using Message = v1::PutObjectRequest;
  using Header = Message::Header;

  PutObject(std::shared_ptr<BucketLookup> buckets, std::shared_ptr<BodyStore> store)
      : buckets_(std::move(buckets)), store_(std::move(store)) {}

  /// With an opaque etag unless `md5_etag` asks for another.
  Task<v1::ObjectInfo> Run(RequestContextPtr context, Header header, BodyReaderPtr body,
                           std::optional<Md5Etag> md5_etag = std::nullopt);

 private:
  const std::shared_ptr<BucketLookup> buckets_;
  const std::shared_ptr<BodyStore> store_;
};

}  // namespace trebol
