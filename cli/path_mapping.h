#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trebol::cli {

// How names on one side become names on the other. Pure functions.

/// The last component: "b" of "a/b" and of "a/b/". Empty where there is none to speak of: "", "/",
/// ".", "..", "a/..".
std::string BaseName(absl::string_view path);

/// `prefix` and `rest` with exactly one slash between; either may be empty.
std::string Join(absl::string_view prefix, absl::string_view rest);

/// The relative path that an object is downloaded to. Refuses, by name, a key that would leave the
/// destination or that two keys would share: one with a component that is empty, "." or "..", or
/// with a slash at either end.
absl::StatusOr<std::string> PathForKey(absl::string_view key);

}  // namespace trebol::cli
