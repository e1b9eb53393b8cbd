#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>

namespace trebol::cli {

/// Calls `work(i)` for every i below `count`, on up to `jobs` threads, each i once and in order of
/// beginning. Ends early, after what is under way, at a stop request.
void ParallelFor(size_t count, int jobs, const std::stop_token& stop,
                 const std::function<void(size_t)>& work);

}  // namespace trebol::cli
