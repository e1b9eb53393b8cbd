#include "common/resilience/ejection_cap.h"

#include <algorithm>
#include <tuple>

#include "common/base/planted.h"

namespace trebol {

size_t MostEjected(size_t nodes) { return std::max<size_t>(1, nodes / 3); }

std::vector<NodeId> Ejected(std::vector<Suspect> suspects, size_t nodes) {
  std::sort(suspects.begin(), suspects.end(), [](const Suspect& a, const Suspect& b) {
    return std::tie(a.since.since_origin, a.node) < std::tie(b.since.since_origin, b.node);
  });
  const bool capped = !Planted("resilience.no_ejection_cap");
  if (capped && suspects.size() > MostEjected(nodes)) suspects.resize(MostEjected(nodes));
  std::vector<NodeId> ejected;
  for (const Suspect& suspect : suspects) ejected.push_back(suspect.node);
  return ejected;
}

}  // namespace trebol
