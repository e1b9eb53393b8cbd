#include "metadata/service/recovery_options.h"

#include <vector>

namespace trebol {
namespace {

OptionValue NodeListValue(std::vector<NodeId>* target) {
  return {.kind = OptionValue::Kind::kList,
          .assign =
              [target](const std::string& text) {
                const absl::StatusOr<uint64_t> id = FromHex(text);
                if (id.ok()) target->emplace_back(*id);
                return id.status();
              },
          .clear = [target] { target->clear(); }};
}

}  // namespace

void AddRecoveryOptions(OptionSet& options, const std::string& section,
                        ClusterController::Options* controller) {
  options.Group("After a disaster", section);
  options.Add(
      "accept-missing-history", "",
      "Serve although nodes have seen entries of the log that this directory lacks: what they "
      "held is lost; nothing is deleted from nodes any more",
      SwitchValue(&controller->gate.accept_missing_history));
  options.Add("resume-collection", "",
              "Collect garbage again after it was frozen, once every node was heard and none has "
              "seen more than this log: versions that were committed only in a history that is "
              "lost become garbage, and are deleted",
              SwitchValue(&controller->resume_collection));
  options.Add("accept-orphans", "SIZE",
              "Bytes on nodes that nothing refers to and that may be deleted, once, by one run of "
              "the search for them although they are more than a run may take",
              SizeValue(&controller->orphan_audit.accept_bytes));
  options.Add(
      "node-out", "ID",
      "A storage node that will never come back: nothing waits for it any more, and garbage "
      "is collected without it; ids as 'trebol node ls' shows them",
      NodeListValue(&controller->nodes_out));
}

}  // namespace trebol
