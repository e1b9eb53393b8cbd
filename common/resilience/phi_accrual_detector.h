#pragma once

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "common/base/clock.h"

namespace trebol {

struct PhiAccrualOptions {
  /// Intervals that the distribution remembers.
  size_t window = 1000;
  /// Least standard deviation: a node that was very regular is not suspected for one late packet.
  absl::Duration min_deviation = absl::Milliseconds(100);
  /// Added to the mean: a pause of the process or of the network that is nobody's death.
  absl::Duration acceptable_pause = absl::Seconds(3);
  /// Phi at which a node is suspected. 8: one wrong suspicion in 10^8 intervals, if they are
  /// normal.
  double suspect_phi = 8;
  /// What is expected before two heartbeats were seen: the sender's period.
  absl::Duration first_interval = absl::Seconds(1);
};

/// How unlikely the silence of one node is, from the intervals of its heartbeats (Hayashibara et
/// al. 2004, with a normal model). Phi is −log10 of the chance that the next heartbeat comes still
/// later. With one heartbeat a second and the defaults a node is suspected after about 4.6 s.
///
/// An interval at which the node was suspected already is not learnt: an outage would teach that
/// outages are usual. Pure: time is what the caller says. Not thread-safe. 8 bytes an interval;
/// every call is O(1).
class PhiAccrualDetector {
 public:
  explicit PhiAccrualDetector(PhiAccrualOptions options = {});

  /// One that is older than the last is taken for one that came with it.
  void Heartbeat(Instant now);
  /// 0 before the first heartbeat: a node that was never heard of has no history to judge by.
  double Phi(Instant now) const;
  bool Suspects(Instant now) const { return Phi(now) >= options_.suspect_phi; }
  std::optional<Instant> last_heartbeat() const { return last_; }

 private:
  void Learn(double seconds);

  const PhiAccrualOptions options_;
  std::optional<Instant> last_;
  std::vector<double> intervals_;  // a ring of at most `window`
  size_t next_ = 0;
  double sum_ = 0;
  double sum_of_squares_ = 0;
};

}  // namespace trebol
