#include "gateway/object/attempt.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/proto_ids.h"

namespace trebol {
namespace {

VersionId CommittedVersion(const v1::Outcome& outcome) {
  switch (outcome.result_case()) {
    case v1::Outcome::kObject:
      return VersionIdOf(outcome.object().manifest().version());
    case v1::Outcome::kPart:
      return VersionIdOf(outcome.part().part().manifest().version());
    case v1::Outcome::kCopyObject:
      return VersionIdOf(outcome.copy_object().object().manifest().version());
    case v1::Outcome::kUpload:
      return VersionIdOf(outcome.upload().upload());
    default:
      return {};
  }
}

}  // namespace

Task<v1::Outcome> EndAttempt(std::shared_ptr<GatewaySession> session, OpenOperation operation,
                             absl::StatusOr<v1::Outcome> outcome, Written written) {
  if (outcome.ok() && CommittedVersion(*outcome) == operation.version()) {
    operation.Settled();
    co_return outcome;
  }
  // Failed, or a repeat of an operation that another attempt had decided: this version is given up.
  auto abandoned = co_await session->Abandon(operation, written.chunks, written.bytes);
  if (abandoned.ok() && abandoned->has_value() &&
      (*abandoned)->result_case() != v1::Outcome::RESULT_NOT_SET) {
    co_return std::move(**abandoned);
  }
  if (outcome.ok()) co_return outcome;
  if (written.commit_sent && !abandoned.ok() && !IsAmbiguous(outcome.status())) {
    co_return absl::UnavailableError(
        absl::StrCat("the outcome is unknown: ", outcome.status().message(),
                     "; and metadata has not confirmed that the attempt was given up"));
  }
  co_return outcome.status();
}

}  // namespace trebol
