#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>

#include "absl/status/status.h"

namespace trebol::client {

/// A stop token that fires with either of two others, or by itself. Thread-safe.
class LinkedStop {
 public:
  LinkedStop(const std::stop_token& a, const std::stop_token& b)
      : a_(a, [this] { source_.request_stop(); }), b_(b, [this] { source_.request_stop(); }) {}

  std::stop_token token() const { return source_.get_token(); }
  void Stop() { source_.request_stop(); }

 private:
  std::stop_source source_;
  std::stop_callback<std::function<void()>> a_;
  std::stop_callback<std::function<void()>> b_;
};

/// Calls work(0) … work(count - 1) on up to `parallel` threads of its own, and returns when all
/// have ended. The first error stops the others through `stop` and is the result; CANCELLED when
/// somebody else stopped them.
absl::Status InParallel(size_t count, int parallel, LinkedStop& stop,
                        const std::function<absl::Status(size_t)>& work);

}  // namespace trebol::client
