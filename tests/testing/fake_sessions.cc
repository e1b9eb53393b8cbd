#include "tests/testing/fake_sessions.h"

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"

namespace trebol::testing {

uint64_t FakeSessions::Open() {
  const uint64_t session = 0x5e55'0000u + static_cast<uint64_t>(++opened_);
  open_[session];
  return session;
}

absl::Status FakeSessions::Renew(const v1::RenewSessionRequest& request) {
  renewals_.push_back(request);
  RETURN_IF_ERROR(CheckOpen(request.session()));
  Session& session = open_[request.session()];
  if (request.number() <= session.number || request.operations_below() < session.below) {
    return MakeError(absl::StatusCode::kFailedPrecondition, v1::STALE_RENEWAL,
                     absl::StrCat("renewal ", request.number(), " is older"));
  }
  session.number = request.number();
  session.below = request.operations_below();
  session.listed = {request.open_operations().begin(), request.open_operations().end()};
  return absl::OkStatus();
}

void FakeSessions::Close(uint64_t session) { closed_ += static_cast<int>(open_.erase(session)); }

absl::StatusOr<std::optional<FakeSessions::Outcome>> FakeSessions::Kept(
    const v1::OperationId& operation) const {
  const absl::Status unknown =
      MakeError(absl::StatusCode::kUnknown, v1::OPERATION_UNKNOWN, "the outcome is no longer kept");
  if (forgotten_.count(operation.session()) > 0) return unknown;
  const auto session = open_.find(operation.session());
  if (session != open_.end() && operation.counter() < session->second.below &&
      session->second.listed.count(operation.counter()) == 0) {
    return unknown;
  }
  const auto kept = outcomes_.find({operation.session(), operation.counter()});
  if (kept != outcomes_.end()) return std::optional<Outcome>(kept->second);
  RETURN_IF_ERROR(CheckOpen(operation.session()));
  return std::optional<Outcome>();
}

void FakeSessions::Keep(const v1::OperationId& operation, Outcome outcome) {
  outcomes_[{operation.session(), operation.counter()}] = std::move(outcome);
}

void FakeSessions::ForgetAll() {
  for (const auto& [session, state] : open_) forgotten_.insert(session);
  open_.clear();
}

absl::Status FakeSessions::CheckOpen(uint64_t session) const {
  if (open_.count(session) > 0) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, v1::SESSION_CLOSED,
                   absl::StrCat("session ", session, " is closed; open another"));
}

}  // namespace trebol::testing
