#pragma once

namespace trebol {

/// Abseil, as the distribution builds it, keeps a graph of the order in which all of its locks are
/// taken, to report cycles; gRPC's locks are such. That costs a program a spin lock for the whole
/// process with each of them. Called first in main of programs; tests keep the checks.
void SkipLockOrderChecks();

}  // namespace trebol
