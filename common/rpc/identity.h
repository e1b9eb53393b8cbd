#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"

namespace grpc {
class ClientContext;
class CallbackServerContext;
}  // namespace grpc

namespace trebol {

/// Who may call whom inside a cluster: cluster id, generation and cluster secret, carried by every
/// internal call as the headers trebol-cluster, trebol-generation and trebol-secret.
/// Thread-safe; one a process.
class Identity {
 public:
  /// Not known yet which cluster: such a process may only call what admits newcomers, and answers
  /// nothing.
  explicit Identity(std::string secret);

  void Adopt(std::string cluster_id, Generation generation);
  std::string cluster_id() const;
  Generation generation() const;

  /// Writes the headers.
  void Stamp(grpc::ClientContext* context) const;

  enum class Newcomers { kRefused, kAdmitted };
  /// UNAUTHENTICATED (WRONG_SECRET), FAILED_PRECONDITION (WRONG_CLUSTER, WRONG_GENERATION), or
  /// UNAVAILABLE (NOT_READY) while this process has not joined. A newcomer sends no cluster id.
  absl::Status Check(const grpc::CallbackServerContext& context, Newcomers newcomers) const;

  /// The text of `path` without white space. A file that is missing, empty or readable by others is
  /// an error with the remedy.
  static absl::StatusOr<std::string> ReadSecretFile(const std::string& path);

 private:
  struct Headers {
    std::string cluster_id;
    Generation generation;
    std::string generation_text;
  };
  std::shared_ptr<const Headers> headers() const;

  const std::string secret_;
  mutable Mutex mutex_;
  std::shared_ptr<const Headers> headers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
