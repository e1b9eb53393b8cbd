#pragma once

#include <cstdint>
#include <string>

namespace trebol {

/// From the operating system; never 0. For ids that must be unique for ever.
uint64_t RandomId();

/// `bytes` random bytes as lower-case hexadecimal digits. For secrets and cluster ids.
std::string RandomHex(int bytes);

}  // namespace trebol
