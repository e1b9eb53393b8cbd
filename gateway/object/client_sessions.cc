#include "gateway/object/client_sessions.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "gateway/object/commands.h"

namespace trebol {
namespace {

constexpr size_t kMaxOwnerSize = 256;
constexpr int kMostOpenOperations = 10'000;

absl::Status RequireNamed(uint64_t session) {
  if (session != 0) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                   "no session was named; name one that OpenSession gave");
}

}  // namespace

Task<v1::OpenSessionResponse> ClientSessions::Open(RequestContextPtr context,
                                                   v1::OpenSessionRequest request) {
  if (request.owner().size() > kMaxOwnerSize || !IsValidUtf8(request.owner())) {
    co_return MakeError(
        absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
        absl::StrCat("the owner of a session is UTF-8 of at most ", kMaxOwnerSize, " bytes"));
  }
  v1::Command command;
  command.mutable_open_session()->set_kind(v1::OpenSessionCommand::CLIENT);
  command.mutable_open_session()->set_owner(request.owner());
  CO_ASSIGN_OR_RETURN(const v1::Outcome outcome,
                      co_await session_->Submit(context, std::move(command), kCommandPatience));
  v1::OpenSessionResponse response;
  response.set_session(outcome.open_session().session());
  response.set_term_seconds(static_cast<uint32_t>(absl::ToInt64Seconds(kSessionTerm)));
  co_return response;
}

Task<v1::RenewSessionResponse> ClientSessions::Renew(RequestContextPtr context,
                                                     v1::RenewSessionRequest request) {
  CO_RETURN_IF_ERROR(RequireNamed(request.session()));
  if (request.open_operations_size() > kMostOpenOperations) {
    co_return MakeError(
        absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
        absl::StrCat(request.open_operations_size(), " open operations were named; at most ",
                     kMostOpenOperations, " are allowed"));
  }
  v1::Command command;
  v1::RenewSessionCommand& renew = *command.mutable_renew_session();
  renew.set_session(request.session());
  renew.set_number(request.number());
  renew.set_operations_below(request.operations_below());
  *renew.mutable_open_operations() = request.open_operations();
  renew.set_of_client(true);
  auto outcome = co_await session_->Submit(context, std::move(command), kCommandPatience);
  if (!outcome.ok() && ReasonOf(outcome.status()) != v1::STALE_RENEWAL) co_return outcome.status();
  co_return v1::RenewSessionResponse();
}

Task<v1::CloseSessionResponse> ClientSessions::Close(RequestContextPtr context,
                                                     v1::CloseSessionRequest request) {
  CO_RETURN_IF_ERROR(RequireNamed(request.session()));
  v1::Command command;
  command.mutable_close_session()->set_session(request.session());
  command.mutable_close_session()->set_of_client(true);
  auto outcome = co_await session_->Submit(context, std::move(command), kCommandPatience);
  CO_RETURN_IF_ERROR(outcome.status());
  co_return v1::CloseSessionResponse();
}

}  // namespace trebol
