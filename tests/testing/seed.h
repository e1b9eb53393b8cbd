#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace trebol {

/// The seed of a randomised test: TREBOL_SEED, or a new one. Prints how to replay it.
inline uint64_t TestSeed() {
  const char* given = std::getenv("TREBOL_SEED");
  const uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::printf("replay: TREBOL_SEED=%llu\n", static_cast<unsigned long long>(seed));
  return seed;
}

}  // namespace trebol
