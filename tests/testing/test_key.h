#pragma once

namespace trebol::testing {

/// From now on, servers that this process starts take one key of the tests for root's, and clients
/// in it sign with that; unless its environment names a key already.
void UseTestKey();

}  // namespace trebol::testing
