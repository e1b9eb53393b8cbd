#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace trebol {

/// From the operating system; never 0. For ids that must be unique for ever.
uint64_t RandomId();

/// `bytes` random bytes as lower-case hexadecimal digits. For secrets and cluster ids.
std::string RandomHex(int bytes);

/// `size` characters of `alphabet` (at most 256), each as likely as any other. For secrets that
/// people copy.
std::string RandomText(int size, absl::string_view alphabet);

}  // namespace trebol
