#pragma once

#include <string>
#include <vector>

#include "common/base/clock.h"

namespace trebol {

/// Says in the log why a server is not ready, once that has lasted: a start and a hiccup take a few
/// seconds and are no news. Again when what is missing changes, and once when it is ready at last.
/// Not thread-safe.
class ReadinessLog {
 public:
  static constexpr absl::Duration kPatience = absl::Seconds(5);

  explicit ReadinessLog(std::string component) : component_(std::move(component)) {}

  /// Called often. `missing`: a sentence each, none when the server is ready.
  void Note(Instant now, const std::vector<std::string>& missing);

 private:
  const std::string component_;
  Instant since_ = Instant::InfiniteFuture();  // it is not ready
  Instant said_at_;
  std::vector<std::string> said_;
};

}  // namespace trebol
