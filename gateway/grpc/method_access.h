#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gateway/auth/access.h"

namespace trebol {

/// What it takes to call a public method. A value; its strings are literals.
struct MethodAccess {
  const char* method = "";  // "/trebol.v1.ObjectService/PutObject"
  /// Nobody without a key may call it; with one, who may do the rest of the row. Also implied where
  /// the cluster's is wanted.
  bool signed_only = false;
  std::optional<ClusterAction> cluster;
  std::optional<Action> bucket;  // of the bucket that the request names
  std::optional<Action> source;  // of the one that it copies from
  /// Whoever has a key may call it about a bucket that is not there: it may be a repeat of the call
  /// that took it away, which gets the outcome that is kept.
  bool repeats_of_gone = false;
};

/// All of them: a method that has no row is denied to everybody.
absl::Span<const MethodAccess> AllMethodAccess();
/// Null where there is no row.
const MethodAccess* FindMethodAccess(absl::string_view method);

}  // namespace trebol
