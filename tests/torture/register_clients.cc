#include "tests/torture/register_clients.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/error_reason.h"
#include "common/base/check.h"
#include "common/base/error.h"
#include "tests/testing/made_bytes.h"

namespace trebol::torture {
namespace {

using client::ErrorReason;
using client::Preconditions;
using linearizability::Condition;
using linearizability::kAbsent;
using linearizability::Kind;
using linearizability::Operation;
using linearizability::Outcome;
using linearizability::Value;
using testing::MadeBytes;

constexpr char kNumber[] = "number";  // name of the metadata
constexpr size_t kEtagsKept = 4;
constexpr size_t kViolationsKept = 100;

client::Client ClientOf(const std::string& endpoint, absl::Duration timeout) {
  auto client =
      client::Client::Create({.endpoint = endpoint, .timeout = timeout, .idle_timeout = timeout});
  TREBOL_CHECK(client.ok());
  return *std::move(client);
}

Outcome OutcomeOf(const absl::Status& status, const Operation& operation) {
  if (status.ok()) return Outcome::kDone;
  switch (client::ReasonOf(status)) {
    case ErrorReason::kPreconditionFailed:
      return Outcome::kConditionFailed;
    case ErrorReason::kObjectNotFound:
      // Of a write without a condition it makes no sense, and the judge will say so.
      return Outcome::kNotFound;
    case ErrorReason::kOperationUnknown:
    case ErrorReason::kSessionClosed:
    case ErrorReason::kSessionUnknown:
      return Outcome::kUnknown;
    default:
      break;
  }
  if (!operation.IsWrite()) return Outcome::kUnknown;
  return IsAmbiguous(status) ? Outcome::kUnknown : Outcome::kRefused;
}

}  // namespace

struct RegisterClients::Call {
  linearizability::History::Ticket ticket;
  Operation operation;
  Preconditions preconditions{};
  uint64_t size = 0;
};

RegisterClients::RegisterClients(Options options) : options_(std::move(options)) {
  MutexLock lock(&mutex_);
  for (int i = 0; i < options_.keys; ++i) {
    keys_.push_back({.name = absl::StrCat("key-", next_key_++)});
  }
}

void RegisterClients::Start() {
  stop_ = false;
  for (int i = 0; i < options_.clients; ++i) threads_.emplace_back([this, i] { Run(i); });
}

void RegisterClients::Stop() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void RegisterClients::Run(int number) {
  std::mt19937_64 random(options_.seed * 1000 + static_cast<uint64_t>(number));
  std::vector<client::Client> clients;
  for (const std::string& endpoint : options_.endpoints) {
    clients.push_back(ClientOf(endpoint, options_.timeout));
  }
  while (!stop_) {
    Operate(number, clients[random() % clients.size()], random);
    ++operations_;
    const uint64_t most = 2 * static_cast<uint64_t>(absl::ToInt64Microseconds(options_.think)) + 1;
    absl::SleepFor(absl::Microseconds(random() % most));
  }
}

void RegisterClients::Operate(int number, const client::Client& client, std::mt19937_64& random) {
  const Call call = Choose(number, random);
  switch (call.operation.kind) {
    case Kind::kPut:
      return Put(client, call);
    case Kind::kDelete:
      return Delete(client, call);
    case Kind::kGet:
    case Kind::kHead:
      return Read(client, call);
  }
}

RegisterClients::Call RegisterClients::Choose(int number, std::mt19937_64& random) {
  const Value value = history_.NewValue();
  MutexLock lock(&mutex_);
  Key& key = keys_[random() % keys_.size()];
  if (key.begun >= options_.operations_of_key || key.open >= options_.open_of_key) {
    key = {.name = absl::StrCat("key-", next_key_++)};
  }
  ++key.begun;
  Call call;
  Operation& operation = call.operation;
  operation.client = number;
  const uint64_t choice = random() % 100;
  operation.kind = choice < 30   ? Kind::kGet
                   : choice < 42 ? Kind::kHead
                   : choice < 86 ? Kind::kPut
                                 : Kind::kDelete;
  const bool if_match = (choice >= 72 && choice < 86) || choice >= 95;
  if (if_match && !key.seen.empty()) {
    const auto& [etag, expected] = key.seen[random() % key.seen.size()];
    operation.condition = Condition::kIfMatch;
    operation.expected = expected;
    call.preconditions = Preconditions::IfMatch(etag);
  } else if (operation.kind == Kind::kPut && choice >= 60) {
    operation.condition = Condition::kIfAbsent;
    call.preconditions = Preconditions::IfAbsent();
  }
  if (operation.kind == Kind::kPut) {
    operation.value = value;
    const bool large = random() % static_cast<uint64_t>(options_.large_every) == 0;
    call.size = 16 + random() % (large ? options_.large_size : 20'000);
  }
  call.ticket = history_.Begin(key.name, operation);
  return call;
}

void RegisterClients::Put(const client::Client& client, const Call& call) {
  const std::string bytes = MadeBytes{call.operation.value, call.size}.All();
  client::PutObjectOptions put;
  put.user_metadata[kNumber] = absl::StrCat(call.operation.value);
  put.preconditions = call.preconditions;
  const auto info = client.PutObject(options_.bucket, call.ticket.key, bytes, put);
  if (info.ok()) Saw(call.ticket.key, call.operation.value, info->etag);
  EndWrite(call, info.status(), false);
}

void RegisterClients::Delete(const client::Client& client, const Call& call) {
  const auto result =
      client.DeleteObject(options_.bucket, call.ticket.key, {.preconditions = call.preconditions});
  EndWrite(call, result.status(), result.ok() && result->existed);
}

void RegisterClients::EndWrite(const Call& call, const absl::Status& status, bool existed) {
  const Outcome outcome = OutcomeOf(status, call.operation);
  const bool told = outcome == Outcome::kDone || outcome == Outcome::kConditionFailed ||
                    outcome == Outcome::kNotFound;
  history_.End(call.ticket, outcome, kAbsent, existed, told ? "" : status.ToString());
  if (told) return;
  CountError(status);
  if (outcome != Outcome::kUnknown) return;
  MutexLock lock(&mutex_);
  for (Key& key : keys_) {
    if (key.name == call.ticket.key) ++key.open;
  }
}

void RegisterClients::Read(const client::Client& client, const Call& call) {
  const std::string& key = call.ticket.key;
  std::string bytes;
  const bool whole = call.operation.kind == Kind::kGet;
  const auto info = whole ? client.GetObject(options_.bucket, key,
                                             [&bytes](absl::string_view piece) {
                                               bytes.append(piece.data(), piece.size());
                                               return absl::OkStatus();
                                             })
                          : client.HeadObject(options_.bucket, key);
  if (client::ReasonOf(info.status()) == ErrorReason::kObjectNotFound) {
    return history_.End(call.ticket, Outcome::kDone, kAbsent, false, "");
  }
  if (!info.ok()) {
    CountError(info.status());
    if (absl::IsDataLoss(info.status()))
      Violates(absl::StrCat(key, ": ", info.status().ToString()));
    return history_.End(call.ticket, Outcome::kUnknown, kAbsent, false, info.status().ToString());
  }
  Value value = kAbsent;
  const auto number = info->user_metadata.find(kNumber);
  if (number == info->user_metadata.end() || !absl::SimpleAtoi(number->second, &value)) {
    Violates(absl::StrCat(key, ": an object without its number, etag ", info->etag));
  } else if (whole &&
             (info->size != bytes.size() || !MadeBytes{value, info->size}.Matches(0, bytes))) {
    Violates(absl::StrCat(key, ": ", bytes.size(), " bytes that are not those of v", value, ", ",
                          info->size, " bytes, etag ", info->etag));
  }
  Saw(key, value, info->etag);
  history_.End(call.ticket, Outcome::kDone, value, false, "");
}

void RegisterClients::Saw(const std::string& key, Value value, const std::string& etag) {
  history_.Identified(key, value, etag);
  MutexLock lock(&mutex_);
  for (Key& present : keys_) {
    if (present.name != key) continue;
    if (present.seen.size() == kEtagsKept) present.seen.erase(present.seen.begin());
    present.seen.emplace_back(etag, value);
  }
}

void RegisterClients::Violates(const std::string& what) {
  MutexLock lock(&mutex_);
  if (violations_.size() < kViolationsKept) violations_.push_back(what);
}

void RegisterClients::CountError(const absl::Status& status) {
  MutexLock lock(&mutex_);
  ++errors_[absl::StrCat(absl::StatusCodeToString(status.code()), " ",
                         client::ReasonName(client::ReasonOf(status)))];
}

std::vector<std::string> RegisterClients::violations() const {
  MutexLock lock(&mutex_);
  return violations_;
}

std::map<std::string, uint64_t> RegisterClients::errors() const {
  MutexLock lock(&mutex_);
  return errors_;
}

}  // namespace trebol::torture
