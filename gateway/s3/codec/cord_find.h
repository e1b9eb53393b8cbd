#pragma once

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"
#include "common/base/bytes.h"

namespace trebol {

/// Where `needle`, which is not empty, begins first in `bytes`. Copies nothing but what surrounds
/// the borders of slices. Pure.
std::optional<size_t> FindInCord(const Bytes& bytes, absl::string_view needle);

}  // namespace trebol
