#include "common/cluster/job_kind.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"

namespace trebol {

std::string JobKindName(v1::Job::Kind kind) {
  std::string name = absl::AsciiStrToLower(v1::Job::Kind_Name(kind));
  absl::StrReplaceAll({{"_", "-"}}, &name);
  return name;
}

bool IsStanding(v1::Job::Kind kind) {
  return kind != v1::Job::REBALANCE && kind != v1::Job::DRAIN && kind != v1::Job::REPAIR;
}

}  // namespace trebol
