#pragma once

#include <memory>

#include "common/async/request_context.h"
#include "common/async/task.h"
#include "gateway/object/commands.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// Gives a version of an object other tags; nothing else of it changes. Thread-safe.
class SetTags {
 public:
  explicit SetTags(std::shared_ptr<Commands> commands) : commands_(std::move(commands)) {}

  Task<v1::ObjectInfo> Run(RequestContextPtr context, v1::SetObjectTagsRequest request);

 private:
  const std::shared_ptr<Commands> commands_;
};

}  // namespace trebol
