#pragma once

#include <string>

#include "gateway/gateway.h"

namespace trebol {

/// What /status of a gateway says of the cluster: one JSON object.
std::string StatusJson(const Gateway& gateway);

}  // namespace trebol
