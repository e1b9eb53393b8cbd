#pragma once

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/async/task.h"
#include "common/base/error.h"

namespace trebol {

/// The answer of metadata. A failure of the transport gets its name: people see this text, and gRPC
/// speaks of an address that means nothing to them.
template <typename Response>
Task<Response> FromMetadata(std::string endpoint, Task<Response> call) {
  absl::StatusOr<Response> answer = co_await std::move(call);
  const absl::Status& status = answer.status();
  if (absl::IsUnavailable(status) && ReasonOf(status) == v1::ERROR_REASON_UNSPECIFIED) {
    co_return Annotate(
        status, absl::StrCat("metadata at ", endpoint, " cannot be reached; is it running?"));
  }
  co_return answer;
}

}  // namespace trebol
