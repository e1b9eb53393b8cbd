#pragma once

#include <string>

#include "common/config/option_set.h"
#include "metadata/cluster/cluster_controller.h"

namespace trebol {

/// What only an operator can know after a disaster. Every program that runs metadata takes these,
/// since metadata's messages name them.
void AddRecoveryOptions(OptionSet& options, const std::string& section,
                        ClusterController::Options* controller);

}  // namespace trebol
