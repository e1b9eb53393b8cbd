#include "metadata/service/trouble.h"

#include <string>

#include "common/base/error.h"
#include "common/telemetry/log.h"

namespace trebol {

void Trouble::Note(absl::string_view what, const absl::Status& status) {
  if (status == last_) return;
  last_ = status;
  if (status.ok()) return;
  // Waiting for nodes is how a start looks.
  const LogLevel level = ReasonOf(status) == v1::NOT_READY ? LogLevel::kInfo : LogLevel::kWarning;
  Log(level, "metadata", "waiting", {{"for", what}, {"why", status.message()}});
}

}  // namespace trebol
