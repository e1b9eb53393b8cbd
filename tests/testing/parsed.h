#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/bytes.h"

namespace trebol {

/// What an operation gives encoded, as a message.
template <typename Message>
absl::StatusOr<Message> Parsed(const absl::StatusOr<Bytes>& encoded) {
  if (!encoded.ok()) return encoded.status();
  Message message;
  if (!message.ParseFromString(std::string(*encoded))) {
    return absl::InternalError("not a " + message.GetTypeName());
  }
  return message;
}

}  // namespace trebol
