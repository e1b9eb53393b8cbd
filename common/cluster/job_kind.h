#pragma once

#include <string>

#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// "hand-over": also the id of a standing job of the kind.
std::string JobKindName(v1::Job::Kind kind);

/// True for those that have no end.
bool IsStanding(v1::Job::Kind kind);

}  // namespace trebol
