#pragma once

#include <memory>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "gateway/object/commands.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// Removes names, one or many; bytes become garbage when nothing refers to them. Thread-safe.
class DeleteObject {
 public:
  explicit DeleteObject(std::shared_ptr<Commands> commands) : commands_(std::move(commands)) {}

  /// Idempotent: what does not exist is deleted with existed = false.
  Task<v1::DeleteObjectResponse> Run(RequestContextPtr context, v1::DeleteObjectRequest request);

  /// At most kMaxDeletesPerCall, in order, in transactions that others hardly notice. An error of
  /// one entry is its result and stops none of the others.
  Task<v1::DeleteObjectsResponse> RunMany(RequestContextPtr context,
                                          v1::DeleteObjectsRequest request);

 private:
  const std::shared_ptr<Commands> commands_;
};

}  // namespace trebol
