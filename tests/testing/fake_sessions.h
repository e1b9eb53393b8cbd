#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "trebol/v1/object.pb.h"

namespace trebol::testing {

/// The sessions of clients and the outcomes of their operations, by the rules of the metadata
/// servers. Not thread-safe.
class FakeSessions {
 public:
  struct Outcome {
    absl::Status status;
    std::string response;
  };

  uint64_t Open();
  absl::Status Renew(const v1::RenewSessionRequest& request);
  void Close(uint64_t session);

  /// The outcome of an operation that was decided; none if it may be decided now. SESSION_CLOSED,
  /// OPERATION_UNKNOWN.
  absl::StatusOr<std::optional<Outcome>> Kept(const v1::OperationId& operation) const;
  void Keep(const v1::OperationId& operation, Outcome outcome);

  /// All sessions end now. What they decided is still answered.
  void EndAll() { open_.clear(); }
  /// Nothing of the sessions is known any more.
  void ForgetAll();

  int opened() const { return opened_; }
  int closed() const { return closed_; }
  const std::vector<v1::RenewSessionRequest>& renewals() const { return renewals_; }

 private:
  struct Session {
    uint64_t below = 0;
    std::set<uint64_t> listed;
    uint64_t number = 0;
  };

  absl::Status CheckOpen(uint64_t session) const;

  std::map<uint64_t, Session> open_;
  std::set<uint64_t> forgotten_;
  std::map<std::pair<uint64_t, uint64_t>, Outcome> outcomes_;
  std::vector<v1::RenewSessionRequest> renewals_;
  int opened_ = 0;
  int closed_ = 0;
};

}  // namespace trebol::testing
