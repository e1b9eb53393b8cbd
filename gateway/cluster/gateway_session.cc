#include "gateway/cluster/gateway_session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/telemetry/log.h"

namespace trebol {
namespace {

constexpr absl::Duration kFirstBackoff = absl::Milliseconds(50);
constexpr absl::Duration kLongestBackoff = absl::Seconds(1);
constexpr absl::Duration kAbandonPatience = absl::Seconds(5);

bool SessionIsOver(const absl::Status& status) {
  const ErrorReason reason = ReasonOf(status);
  return reason == v1::SESSION_CLOSED || reason == v1::SESSION_UNKNOWN ||
         reason == v1::WRONG_GENERATION;
}

/// What the caller of an operation is told when it was `status` that ended the attempts. `callers`
/// is the caller's own session, or 0.
absl::Status ForCaller(const absl::Status& status, uint64_t callers, bool may_have_happened) {
  const ErrorReason reason = ReasonOf(status);
  if (reason == v1::SESSION_CLOSED || reason == v1::SESSION_UNKNOWN) {
    if (callers != 0 && AttachmentOf(status) == ToHex(callers)) return status;
    // Ours, and soon replaced: nothing that the caller could put right, and nothing was done.
    return MakeError(absl::StatusCode::kUnavailable, v1::NOT_READY,
                     "the gateway's session with metadata has ended; send the request again");
  }
  const bool refused = absl::IsResourceExhausted(status) || reason == v1::NOT_READY;
  if (may_have_happened && refused) {
    // Only this last attempt was refused; an earlier one may have been logged. Without the reason:
    // it would say that nothing was done.
    return absl::UnavailableError(absl::StrCat("the outcome is unknown: ", status.message()));
  }
  return status;
}

/// The session of the client whose operation the command is, or 0.
uint64_t CallersSession(const v1::Command& command) {
  if (command.renew_session().of_client()) return command.renew_session().session();
  if (command.close_session().of_client()) return command.close_session().session();
  const google::protobuf::OneofDescriptor* kind = v1::Command::descriptor()->oneof_decl(0);
  const google::protobuf::Reflection* reflection = command.GetReflection();
  const google::protobuf::FieldDescriptor* field =
      reflection->GetOneofFieldDescriptor(command, kind);
  if (field == nullptr) return 0;
  const google::protobuf::Message& inner = reflection->GetMessage(command, field);
  const google::protobuf::FieldDescriptor* operation =
      inner.GetDescriptor()->FindFieldByName("operation");
  if (operation == nullptr) return 0;
  const auto& id =
      static_cast<const v1::OperationId&>(inner.GetReflection()->GetMessage(inner, operation));
  return id.of_client() ? id.session() : 0;
}

}  // namespace

absl::Status StatusOf(const v1::DecidedError& error) {
  return MakeError(static_cast<absl::StatusCode>(error.code()), error.reason(), error.message());
}

OpenOperation::OpenOperation(std::shared_ptr<SessionLife> life, bool with_version)
    : life_(std::move(life)),
      sequence_(with_version ? life_->sequences.Begin() : 0),
      operation_(life_->operations.Begin()) {}

v1::OperationId OpenOperation::IdOr(const v1::OperationId* callers) const {
  if (callers != nullptr && callers->session() != 0) {
    v1::OperationId id = *callers;
    id.set_of_client(true);
    return id;
  }
  v1::OperationId own;
  own.set_session(life_->id.value);
  own.set_counter(operation_);
  return own;
}

void OpenOperation::Settled() {
  if (sequence_ != 0) life_->sequences.Settle(sequence_);
  life_->operations.Settle(operation_);
}

GatewaySession::GatewaySession(Runtime& runtime, std::shared_ptr<MetadataStub> metadata,
                               std::shared_ptr<Identity> identity, std::string owner,
                               const Clock& clock)
    : runtime_(runtime),
      metadata_(std::move(metadata)),
      identity_(std::move(identity)),
      owner_(std::move(owner)),
      clock_(clock) {}

absl::StatusOr<std::shared_ptr<SessionLife>> GatewaySession::Current() const {
  MutexLock lock(&mutex_);
  if (life_ == nullptr) {
    return MakeError(absl::StatusCode::kUnavailable, v1::NOT_READY,
                     "this gateway has no open session with metadata yet; try again");
  }
  return life_;
}

Task<void> GatewaySession::Tick(RequestContextPtr context) {
  auto life = Current();
  if (!life.ok()) co_return co_await Open(std::move(context));
  co_return co_await Renew(std::move(context), *life);
}

Task<void> GatewaySession::Open(RequestContextPtr context) {
  v1::SubmitRequest request;
  v1::OpenSessionCommand* command = request.mutable_command()->mutable_open_session();
  command->set_kind(v1::OpenSessionCommand::GATEWAY);
  command->set_owner(owner_);
  CO_ASSIGN_OR_RETURN(v1::SubmitResponse response,
                      co_await metadata_->Submit(std::move(context), request));
  if (response.outcome().has_error()) co_return StatusOf(response.outcome().error());
  const v1::OpenSessionOutcome& opened = response.outcome().open_session();
  if (opened.session() == 0 || opened.chunk_size() == 0 || opened.chunk_size() > kMaxChunkSize) {
    co_return absl::InternalError(
        absl::StrCat("metadata opened session ", ToHex(opened.session()), " with chunks of ",
                     opened.chunk_size(), " bytes, which cannot be; is it of another release?"));
  }
  identity_->Adopt(opened.cluster_id(), Generation(opened.generation()));
  auto life = std::make_shared<SessionLife>(Generation(opened.generation()),
                                            SessionId(opened.session()), clock_);
  life->chunk_size = opened.chunk_size();
  {
    MutexLock lock(&mutex_);
    life_ = std::move(life);
    renewal_ = 0;
    // Not the highest: an operator may have put an older log in place, and no renewal may name a
    // place that it lacks.
    lineage_ = response.position();
  }
  Log(LogLevel::kInfo, "gateway", "session opened",
      {{"session", ToHex(opened.session())}, {"cluster", opened.cluster_id()}});
  co_return absl::OkStatus();
}

Task<void> GatewaySession::Renew(RequestContextPtr context, std::shared_ptr<SessionLife> life) {
  v1::SubmitRequest request;
  v1::RenewSessionCommand* command = request.mutable_command()->mutable_renew_session();
  {
    MutexLock lock(&mutex_);
    command->set_number(++renewal_);
  }
  const LogIndex seen(lineage().index());
  // The reads first: one that begins from here on has seen `seen`.
  const OpenReads::Protection protection = life->reads.Protect(seen);
  const OpenNumbers::Marks sequences = life->sequences.marks();
  const OpenNumbers::Marks operations = life->operations.marks();
  command->set_session(life->id.value);
  command->set_decided_below(sequences.below);
  command->mutable_open()->Add(sequences.open.begin(), sequences.open.end());
  command->set_operations_below(operations.below);
  command->mutable_open_operations()->Add(operations.open.begin(), operations.open.end());
  command->set_horizon(protection.horizon.value);
  for (const VersionId& pin : protection.pins) *command->add_pins() = ToProto(pin);

  auto response = co_await metadata_->Submit(context, request);
  absl::Status status = response.status();
  if (response.ok()) {
    Observe(response->position());
    if (response->outcome().has_error()) status = StatusOf(response->outcome().error());
  }
  if (SessionIsOver(status)) {
    Log(LogLevel::kWarning, "gateway", "session is over; opening another",
        {{"session", ToString(life->id)}, {"why", std::string(status.message())}});
    Drop(life);
    // Of a wrong generation an operator decides.
    if (ReasonOf(status) != v1::WRONG_GENERATION) co_return co_await Open(std::move(context));
  }
  if (ReasonOf(status) == v1::STALE_RENEWAL) co_return absl::OkStatus();
  co_return status;
}

void GatewaySession::Drop(const std::shared_ptr<SessionLife>& life) {
  MutexLock lock(&mutex_);
  if (life_ == life) life_ = nullptr;
}

Task<v1::Outcome> GatewaySession::Submit(RequestContextPtr context, v1::Command command,
                                         absl::Duration patience) {
  const Instant until = std::min(clock_.Now() + patience, context->deadline);
  v1::SubmitRequest request;
  *request.mutable_command() = std::move(command);
  absl::Duration backoff = kFirstBackoff;
  bool may_have_happened = false;
  while (true) {
    auto response = co_await metadata_->Submit(context, request);
    if (response.ok()) {
      Observe(response->position());
      if (response->outcome().has_error()) co_return StatusOf(response->outcome().error());
      co_return std::move(*response->mutable_outcome());
    }
    const absl::Status& status = response.status();
    // An operation whose outcome is no longer kept will not be known later either.
    const bool ambiguous = IsAmbiguous(status) && ReasonOf(status) != v1::OPERATION_UNKNOWN;
    may_have_happened |= ambiguous && ReasonOf(status) != v1::NOT_READY;  // which did nothing
    const bool again = ambiguous || absl::IsResourceExhausted(status);
    if (!again || clock_.Now() + backoff >= until || context->cancellation->cancelled()) {
      co_return ForCaller(status, CallersSession(request.command()), may_have_happened);
    }
    CO_RETURN_IF_ERROR(co_await Sleep(backoff));
    backoff = std::min(backoff * 2, kLongestBackoff);
  }
}

Task<std::optional<v1::Outcome>> GatewaySession::AbandonOnce(RequestContextPtr context,
                                                             OpenOperation* operation,
                                                             uint64_t chunks, uint64_t bytes) {
  v1::Command command;
  v1::AbandonVersionCommand* abandon = command.mutable_abandon_version();
  *abandon->mutable_version() = ToProto(operation->version());
  abandon->set_chunks(chunks);
  abandon->set_bytes(bytes);
  auto outcome = co_await Submit(std::move(context), std::move(command), kAbandonPatience);
  if (outcome.ok()) {
    operation->Settled();
    if (outcome->abandon_version().committed()) co_return outcome->abandon_version().outcome();
    co_return std::nullopt;
  }
  // The session's end decided it already.
  if (SessionIsOver(outcome.status())) co_return std::nullopt;
  co_return outcome.status();
}

Task<void> GatewaySession::AbandonUntilDecided(OpenOperation operation, uint64_t chunks,
                                               uint64_t bytes) {
  while (true) {
    auto decided = co_await AbandonOnce(background_, &operation, chunks, bytes);
    if (decided.ok() || background_->cancellation->cancelled()) co_return absl::OkStatus();
    CO_RETURN_IF_ERROR(co_await Sleep(kLongestBackoff));
    auto current = Current();
    if (!current.ok() || *current != operation.life()) co_return absl::OkStatus();
  }
}

Task<std::optional<v1::Outcome>> GatewaySession::Abandon(OpenOperation operation, uint64_t chunks,
                                                         uint64_t bytes) {
  auto decided = co_await AbandonOnce(background_, &operation, chunks, bytes);
  if (!decided.ok()) {
    Log(LogLevel::kWarning, "gateway", "giving up a version is not confirmed yet",
        {{"version", ToString(operation.version())},
         {"why", std::string(decided.status().message())}});
    runtime_.Spawn(AbandonUntilDecided(std::move(operation), chunks, bytes));
  }
  co_return decided;
}

void GatewaySession::Stop() { background_->cancellation->Cancel(); }

Task<void> GatewaySession::Close(RequestContextPtr context) {
  CO_ASSIGN_OR_RETURN(std::shared_ptr<SessionLife> life, Current());
  Drop(life);
  v1::SubmitRequest request;
  request.mutable_command()->mutable_close_session()->set_session(life->id.value);
  co_return (co_await metadata_->Submit(std::move(context), request)).status();
}

void GatewaySession::Observe(const v1::LogPosition& position) {
  MutexLock lock(&mutex_);
  if (position.index() > lineage_.index()) lineage_ = position;
}

v1::LogPosition GatewaySession::lineage() const {
  MutexLock lock(&mutex_);
  return lineage_;
}

std::optional<v1::SessionReport> GatewaySession::Report() const {
  auto life = Current();
  if (!life.ok()) return std::nullopt;
  const OpenNumbers::Marks marks = (*life)->sequences.marks();
  v1::SessionReport report;
  report.set_session((*life)->id.value);
  report.set_generation((*life)->generation.value);
  report.set_decided_below(marks.below);
  report.mutable_open()->Add(marks.open.begin(), marks.open.end());
  return report;
}

}  // namespace trebol
