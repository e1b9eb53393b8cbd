#include "gateway/object/commands.h"

#include <optional>
#include <string>
#include <utility>

#include "common/base/error.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "gateway/object/attempt.h"
#include "gateway/object/bucket_claims.h"

namespace trebol {
namespace {

// Of the caller's right to buckets that are replaced meanwhile.
constexpr int kMostChecks = 5;

}  // namespace

Task<v1::Outcome> Commands::Submit(RequestContextPtr context, v1::Command command) {
  if (context->claims == nullptr) {
    co_return co_await session_->Submit(context, std::move(command), kCommandPatience);
  }
  for (int check = 1;; ++check) {
    context->claims->NameIn(&command);
    auto outcome = co_await session_->Submit(context, command, kCommandPatience);
    if (ReasonOf(outcome.status()) != v1::BUCKET_REPLACED || check == kMostChecks) {
      co_return outcome;
    }
    CO_RETURN_IF_ERROR(co_await buckets_->CheckAgain(context));
  }
}

Task<v1::Outcome> Commands::Run(RequestContextPtr context, v1::OperationId callers, Make make) {
  CO_ASSIGN_OR_RETURN(std::shared_ptr<SessionLife> life, session_->Current());
  OpenOperation operation(life, /*with_version=*/false);
  v1::Command command = make(operation.IdOr(callers.session() == 0 ? nullptr : &callers));
  auto outcome = co_await Submit(context, std::move(command));
  operation.Settled();
  co_return outcome;
}

Task<v1::Outcome> Commands::RunVersion(RequestContextPtr context, v1::OperationId callers,
                                       MakeVersion make) {
  CO_ASSIGN_OR_RETURN(std::shared_ptr<SessionLife> life, session_->Current());
  OpenOperation operation(life, /*with_version=*/true);
  v1::Command command =
      make(operation.IdOr(callers.session() == 0 ? nullptr : &callers), operation.version());
  auto outcome = co_await Submit(context, std::move(command));
  co_return co_await EndAttempt(session_, std::move(operation), std::move(outcome),
                                Written{.commit_sent = true});
}

}  // namespace trebol
