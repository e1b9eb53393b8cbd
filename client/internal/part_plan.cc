#include "client/internal/part_plan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "client/multipart.h"
#include "common/base/error.h"
#include "common/base/limits.h"

namespace trebol::client {
namespace {

constexpr uint64_t kUsualPartSize = 16 * kMiB;
constexpr uint64_t kPartStep = 4 * kMiB;

uint64_t DivideUp(uint64_t a, uint64_t b) { return a / b + (a % b != 0 ? 1 : 0); }

PartPlan Plan(uint64_t size, uint64_t part_size) {
  return {.size = size,
          .part_size = part_size,
          .count = std::max<size_t>(1, DivideUp(size, part_size))};
}

}  // namespace

absl::StatusOr<PartPlan> PlanUpload(uint64_t size, uint64_t part_size) {
  const uint64_t least = DivideUp(size, kMaxParts);
  if (part_size == 0) {
    part_size = std::max(kUsualPartSize, DivideUp(least, kPartStep) * kPartStep);
  }
  const PartPlan plan = Plan(size, part_size);
  if (plan.count > kMaxParts) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, v1::TOO_MANY_PARTS,
        absl::StrCat("a part size of ", part_size, " bytes cuts ", size, " bytes into ", plan.count,
                     " parts; at most ", kMaxParts, " are allowed, so use at least ", least));
  }
  if (part_size > kMaxPartSize) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, v1::OBJECT_TOO_LARGE,
        absl::StrCat("a part size of ", part_size, " bytes is above the limit of ", kMaxPartSize));
  }
  return plan;
}

PartPlan PlanDownload(uint64_t size, uint64_t range_size) {
  return Plan(size, range_size == 0 ? kUsualPartSize : range_size);
}

}  // namespace trebol::client
