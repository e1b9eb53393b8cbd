#include "metadata/catalog/constants.h"

#include <bit>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"

namespace trebol::catalog {
namespace {

constexpr uint32_t kMaxPartitions = 16 * 1024;

// The first table is installed by one command. What a map takes of it: of a partition its number
// and epoch beside the ids of its nodes, of a node its id, endpoints and zone.
constexpr uint64_t kPartitionBytes = 20;
constexpr uint64_t kReplicaBytes = 8;
constexpr uint64_t kNodeBytes = 128;

uint64_t MapBytes(const v1::ClusterConstants& constants) {
  return constants.partitions() * (kPartitionBytes + kReplicaBytes * constants.copies()) +
         constants.initial_nodes() * kNodeBytes;
}

absl::Status Invalid(absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT, message);
}

absl::Status Check(absl::string_view name, uint32_t theirs, uint32_t ours, absl::string_view who) {
  if (theirs == 0 || theirs == ours) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kFailedPrecondition, v1::INVALID_ARGUMENT,
      absl::StrCat(who, " is set to ", name, " = ", theirs, ", but this cluster was created with ",
                   ours, ", which never changes; correct the setting"));
}

}  // namespace

absl::Status ValidateConstants(const v1::ClusterConstants& constants) {
  if (!std::has_single_bit(constants.partitions()) || constants.partitions() > kMaxPartitions) {
    return Invalid(absl::StrCat("partitions = ", constants.partitions(),
                                " is not a power of two up to ", kMaxPartitions));
  }
  if (constants.copies() < 1 || constants.copies() > 7) {
    return Invalid(absl::StrCat("copies = ", constants.copies(), " is not between 1 and 7"));
  }
  if (constants.write_quorum() < 1 || constants.write_quorum() > constants.copies()) {
    return Invalid(absl::StrCat("write quorum = ", constants.write_quorum(),
                                " is not between 1 and the number of copies, ",
                                constants.copies()));
  }
  if (constants.initial_nodes() < constants.copies()) {
    return Invalid(absl::StrCat(
        "initial nodes = ", constants.initial_nodes(), " are fewer than the ", constants.copies(),
        " copies that every chunk has; declare more nodes or fewer copies"));
  }
  if (MapBytes(constants) > kMaxTransactionSize) {
    return Invalid(absl::StrCat("the map of ", constants.partitions(), " partitions of ",
                                constants.copies(), " copies on ", constants.initial_nodes(),
                                " nodes takes up to ", MapBytes(constants),
                                " bytes, but a command has at most ", kMaxTransactionSize,
                                "; choose fewer partitions, copies or initial nodes"));
  }
  return absl::OkStatus();
}

absl::Status CheckConstants(const v1::ClusterConstants& theirs, const v1::ClusterConstants& ours,
                            absl::string_view who) {
  RETURN_IF_ERROR(Check("partitions", theirs.partitions(), ours.partitions(), who));
  RETURN_IF_ERROR(Check("copies", theirs.copies(), ours.copies(), who));
  RETURN_IF_ERROR(Check("write quorum", theirs.write_quorum(), ours.write_quorum(), who));
  return Check("initial nodes", theirs.initial_nodes(), ours.initial_nodes(), who);
}

}  // namespace trebol::catalog
