#include "tests/bench/sample.h"

#include <chrono>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace trebol::bench {

int64_t NowMicros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

absl::Status WriteSamples(const std::string& path, const std::vector<Sample>& samples) {
  std::ofstream file(path);
  for (const Sample& sample : samples) {
    file << static_cast<int>(sample.operation) << ' ' << static_cast<int>(sample.outcome) << ' '
         << sample.due_us << ' ' << sample.ended_us << '\n';
  }
  file.flush();
  if (file.good()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot write ", path));
}

absl::StatusOr<std::vector<Sample>> ReadSamples(const std::string& path) {
  std::ifstream file(path);
  if (!file.is_open()) return absl::NotFoundError(absl::StrCat("there is no ", path));
  std::vector<Sample> samples;
  int operation = 0, outcome = 0;
  for (Sample sample; file >> operation >> outcome >> sample.due_us >> sample.ended_us;) {
    if (operation < 0 || operation > static_cast<int>(Operation::kGetLarge) || outcome < 0 ||
        outcome > static_cast<int>(Outcome::kNotBegun)) {
      break;
    }
    sample.operation = static_cast<Operation>(operation);
    sample.outcome = static_cast<Outcome>(outcome);
    samples.push_back(sample);
  }
  if (!file.eof()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": line ", samples.size() + 1, " is no sample"));
  }
  return samples;
}

}  // namespace trebol::bench
