#include "tests/bench/machine.h"

#include <stdlib.h>
#include <sys/utsname.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

namespace trebol::bench {

std::string MachineAsJson() {
  utsname system{};
  uname(&system);
  double load[3] = {};
  getloadavg(load, 3);
  return nlohmann::json{{"processors", std::thread::hardware_concurrency()},
                        {"kernel", system.release},
                        {"load_average", load[0]}}
      .dump();
}

std::optional<double> Median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace trebol::bench
