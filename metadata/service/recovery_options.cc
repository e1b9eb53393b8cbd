#include "metadata/service/recovery_options.h"

namespace trebol {

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
}

}  // namespace trebol
