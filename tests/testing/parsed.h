#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/bytes.h"
#include "common/stub/listed_page.h"
#include "trebol/v1/metadata.pb.h"

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

/// A page as metadata sends it.
inline ListedPage ToListedPage(const v1::ReadPageResponse& response) {
  return {Bytes(response.page().SerializeAsString()), response.more(), response.next_after()};
}

}  // namespace trebol
