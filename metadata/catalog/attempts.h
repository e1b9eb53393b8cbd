#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "metadata/state/apply_context.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/object.pb.h"
#include "trebol/v1/rows.pb.h"

/// A call that commits a version: at most once for its operation, and its version is decided
/// whatever comes of it.
namespace trebol::catalog::attempts {

/// One attempt of the call: its version, and what was written of it.
struct Attempt {
  VersionId version;
  uint64_t chunks = 0;
  uint64_t bytes = 0;  // of one copy
};
Attempt AttemptOf(const v1::Manifest& manifest);

/// The outcome of an earlier attempt, which gives this one up; or that of `commit`, which is kept.
/// A definite error that `commit` returns as an outcome, before it changed anything, gives the
/// attempt up too. An error of another kind leaves no trace: the session is closed, the version was
/// given up, or what `commit` says.
absl::StatusOr<v1::Outcome> Once(Transaction& rows, const v1::OperationId& operation,
                                 v1::Outcome::ResultCase kind, const Attempt& attempt,
                                 const ApplyContext& context,
                                 absl::FunctionRef<absl::StatusOr<v1::Outcome>()> commit);

}  // namespace trebol::catalog::attempts
