#pragma once

#include <memory>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "gateway/object/commands.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// Gives the bytes of one object another name as well: no byte moves. Thread-safe.
class CopyObject {
 public:
  explicit CopyObject(std::shared_ptr<Commands> commands) : commands_(std::move(commands)) {}

  Task<v1::CopyObjectResponse> Run(RequestContextPtr context, v1::CopyObjectRequest request);

 private:
  const std::shared_ptr<Commands> commands_;
};

}  // namespace trebol
