#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/base/ids.h"
#include "common/stub/metadata_stub.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// Bytes of one version: what a part of an object is made of.
struct Extent {
  VersionId version;
  uint32_t chunk_size = 0;
  uint32_t part = 0;   // its number; 0: of no multipart upload
  uint64_t begin = 0;  // the bytes that are wanted of it
  uint64_t end = 0;
};

/// The extents that hold bytes `offset` to `end` of an object, in order: one, or those of the parts
/// of a multipart upload, which are read from metadata by pages as they are needed. One user at a
/// time.
class ExtentList {
 public:
  ExtentList(std::shared_ptr<MetadataStub> metadata, RequestContextPtr context,
             const v1::Manifest& manifest, uint64_t offset, uint64_t end);

  /// Nothing at the end. DATA_LOSS if the parts are not those that the object was made of.
  Task<std::optional<Extent>> Next();

 private:
  Task<void> ReadPage();

  const std::shared_ptr<MetadataStub> metadata_;
  const RequestContextPtr context_;
  const uint64_t end_;
  uint64_t next_;  // first byte of the object that no extent given so far has
  v1::ReadPartsRequest request_;
  uint64_t page_offset_ = 0;  // of the first extent in page_
  std::deque<v1::PartRow> page_;
  bool more_ = true;
  std::deque<Extent> whole_;  // of an object that is no multipart upload
};

}  // namespace trebol
