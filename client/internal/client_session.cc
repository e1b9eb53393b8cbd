#include "client/internal/client_session.h"

#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "client/error_reason.h"
#include "client/internal/transport.h"
#include "client/internal/unary_call.h"
#include "common/base/clock.h"
#include "common/base/status_macros.h"

namespace trebol::client {
namespace {

using Sessions = v1::SessionService::Stub;

constexpr absl::Duration kDefaultTerm = absl::Seconds(30);
constexpr absl::Duration kShortestWait = absl::Milliseconds(20);
constexpr absl::Duration kRenewTimeout = absl::Seconds(5);
constexpr absl::Duration kCloseTimeout = absl::Seconds(1);
constexpr absl::Duration kStopCheckInterval = absl::Milliseconds(50);

/// For the people who look at a cluster's sessions. A gateway refuses what is longer or no UTF-8.
std::string Owner() {
  constexpr size_t kLongest = 256;
  char host[128] = "";
  (void)gethostname(host, sizeof host - 1);
  const std::string owner =
      absl::CHexEscape(absl::StrCat(getpid(), " on ", host, ": ", program_invocation_short_name));
  return owner.substr(0, kLongest);
}

}  // namespace

Operation::Operation(Operation&& other) noexcept { *this = std::move(other); }

Operation& Operation::operator=(Operation&& other) noexcept {
  if (this == &other) return *this;
  if (owner_ != nullptr) owner_->End(session_, counter_);
  owner_ = std::exchange(other.owner_, nullptr);
  session_ = other.session_;
  counter_ = other.counter_;
  return *this;
}

Operation::~Operation() {
  if (owner_ != nullptr) owner_->End(session_, counter_);
}

ClientSession::ClientSession(std::shared_ptr<Transport> transport)
    : transport_(std::move(transport)) {}

ClientSession::~ClientSession() {
  stopping_.request_stop();  // a renewal under way is cancelled
  std::thread renewer;
  {
    MutexLock lock(&mutex_);
    renewer = std::move(renewer_);
    changed_.NotifyAll();
  }
  if (renewer.joinable()) renewer.join();
  Close();
}

absl::StatusOr<Operation> ClientSession::Begin(const CallContext& context) {
  MutexLock lock(&mutex_);
  RETURN_IF_ERROR(AwaitSession(context));
  if (state_ == State::kUnsupported) return Operation();
  const uint64_t counter = next_counter_++;
  open_.insert(counter);
  return Operation(this, session_, counter);
}

absl::StatusOr<Operation> ClientSession::Replace(Operation lost, const CallContext& context) {
  {
    MutexLock lock(&mutex_);
    Forget(lost.session_);
  }
  return Begin(context);
}

absl::Status ClientSession::Ended(const Operation& operation, absl::Status status) {
  const ErrorReason reason = ReasonOf(status);
  if (operation.counter_ != 0 &&
      (reason == ErrorReason::kOperationUnknown || reason == ErrorReason::kSessionUnknown ||
       reason == ErrorReason::kSessionClosed)) {
    MutexLock lock(&mutex_);
    Forget(operation.session_);
  }
  return status;
}

absl::Status ClientSession::AwaitSession(const CallContext& context) {
  const absl::Time deadline = absl::Now() + context.timeout;
  while (state_ != State::kOpen && state_ != State::kUnsupported) {
    if (context.stop.stop_requested()) return absl::CancelledError("stopped");
    if (state_ == State::kNone) {
      RETURN_IF_ERROR(Open(context));
    } else if (absl::Now() < deadline) {
      changed_.WaitFor(&mutex_, kStopCheckInterval);  // for the call that opens one
    } else {
      return absl::DeadlineExceededError(
          "no session could be opened in time, and nothing was sent; the gateway may be "
          "overloaded");
    }
  }
  return absl::OkStatus();
}

absl::Status ClientSession::Open(const CallContext& context) {
  state_ = State::kOpening;
  mutex_.Unlock();
  v1::OpenSessionRequest request;
  request.set_owner(Owner());
  // One whose answer was lost ends by itself when its term is over.
  const auto opened = Read(*transport_, context, &Sessions::OpenSession, request);
  mutex_.Lock();
  changed_.NotifyAll();
  // Denied is whoever has no key: the write itself may be allowed all the same.
  if (absl::IsUnimplemented(opened.status()) || absl::IsPermissionDenied(opened.status())) {
    state_ = State::kUnsupported;
    return absl::OkStatus();
  }
  state_ = opened.ok() ? State::kOpen : State::kNone;
  RETURN_IF_ERROR(opened.status());
  session_ = opened->session();
  term_ = opened->term_seconds() == 0 ? kDefaultTerm : absl::Seconds(opened->term_seconds());
  next_counter_ = 1;
  open_.clear();
  renewals_ = 0;
  if (!renewer_.joinable()) renewer_ = std::thread([this] { RenewUntilStopped(); });
  return absl::OkStatus();
}

void ClientSession::End(uint64_t session, uint64_t counter) {
  MutexLock lock(&mutex_);
  if (session == session_) open_.erase(counter);
}

void ClientSession::Forget(uint64_t session) {
  if (session == session_ && state_ == State::kOpen) state_ = State::kNone;
}

void ClientSession::RenewUntilStopped() {
  MutexLock lock(&mutex_);
  Instant next = SystemClock().Now() + term_ / 3;
  while (!stopping_.stop_requested()) {
    const absl::Duration wait = next - SystemClock().Now();
    if (wait > absl::ZeroDuration()) {
      changed_.WaitFor(&mutex_, std::max(wait, kShortestWait));
      continue;
    }
    mutex_.Unlock();
    const absl::Duration pause = RenewOnce();
    mutex_.Lock();
    next = SystemClock().Now() + pause;
  }
}

absl::Duration ClientSession::RenewOnce() {
  v1::RenewSessionRequest request;
  absl::Duration interval;
  {
    MutexLock lock(&mutex_);
    interval = term_ / 3;
    if (state_ != State::kOpen) return interval;
    request.set_session(session_);
    request.set_number(++renewals_);
    request.set_operations_below(next_counter_);
    request.mutable_open_operations()->Add(open_.begin(), open_.end());
  }
  CallContext context;
  context.stop = stopping_.get_token();
  v1::RenewSessionResponse response;
  const absl::Status status =
      CallOnce(transport_->NextLane(), context, absl::Now() + std::min(kRenewTimeout, interval),
               &Sessions::RenewSession, request, &response);
  const ErrorReason reason = ReasonOf(status);
  if (reason == ErrorReason::kSessionClosed || reason == ErrorReason::kSessionUnknown) {
    MutexLock lock(&mutex_);
    Forget(request.session());
  }
  // After a failure there is time for some more tries before the term is over.
  return status.ok() ? interval : interval / 4;
}

void ClientSession::Close() {
  v1::CloseSessionRequest request;
  {
    MutexLock lock(&mutex_);
    if (state_ != State::kOpen) return;
    request.set_session(session_);
  }
  v1::CloseSessionResponse response;
  // If it fails the session ends by itself when its term is over.
  (void)CallOnce(transport_->NextLane(), CallContext(), absl::Now() + kCloseTimeout,
                 &Sessions::CloseSession, request, &response);
}

}  // namespace trebol::client
