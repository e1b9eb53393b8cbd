#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/base/ids.h"
#include "common/checksum/hasher.h"
#include "common/stub/metadata_stub.h"
#include "gateway/object/commands.h"
#include "gateway/object/complete_parts.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// Creates, completes and aborts multipart uploads. Thread-safe.
class Multipart {
 public:
  Multipart(std::shared_ptr<MetadataStub> metadata, std::shared_ptr<Commands> commands)
      : metadata_(std::move(metadata)), commands_(std::move(commands)) {}

  /// `initiator`: the user, empty for nobody with a key. `kind`: of the object's checksums.
  Task<v1::MultipartUpload> Create(RequestContextPtr context,
                                   v1::CreateMultipartUploadRequest request,
                                   std::string initiator = "",
                                   PartChecksums kind = PartChecksums::kOfTheWhole);
  /// The parts are checked here, against the state of the upload that the commit then requires: it
  /// is one small transaction for any number of parts. When parts keep coming meanwhile: ABORTED
  /// (UPLOAD_CHANGED). `rules`: see ManifestOfParts.
  Task<v1::ObjectInfo> Complete(RequestContextPtr context,
                                v1::CompleteMultipartUploadRequest request, PartRules rules = {});
  Task<v1::AbortMultipartUploadResponse> Abort(RequestContextPtr context,
                                               v1::AbortMultipartUploadRequest request);

 private:
  /// Of a Complete whose upload is neither unfinished nor an object: it may have been one.
  Task<v1::ObjectInfo> Repeat(RequestContextPtr context, v1::CompleteMultipartUploadRequest request,
                              VersionId upload);

  const std::shared_ptr<MetadataStub> metadata_;
  const std::shared_ptr<Commands> commands_;
};

}  // namespace trebol
