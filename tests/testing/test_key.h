#pragma once

#include "common/config/access_pair.h"

namespace trebol::testing {

/// From now on, servers that this process starts take one key of the tests for root's, and clients
/// in it sign with that; unless its environment names a key already.
void UseTestKey();

/// What AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY say now; empty where they are not set.
AccessPair KeyOfEnvironment();

}  // namespace trebol::testing
