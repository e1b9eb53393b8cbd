#include "metadata/cluster/node_names.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/error.h"
#include "common/base/ids.h"

namespace trebol {
namespace {

absl::Status NotFound(absl::string_view message) {
  return MakeError(absl::StatusCode::kNotFound, v1::NODE_NOT_FOUND, message);
}

}  // namespace

std::string NameOf(const v1::ClusterNode& node) {
  return absl::StrCat("node ", ToHex(node.id()), " (", node.endpoint(), ")");
}

absl::StatusOr<v1::ClusterNode> FindNamedNode(const v1::ClusterMap& map, absl::string_view name) {
  const std::string lower = absl::AsciiStrToLower(name);
  std::vector<v1::ClusterNode> meant;
  for (const v1::ClusterNode& node : map.nodes()) {
    if (ToHex(node.id()) == lower) return node;
    const bool begins_so = !lower.empty() && absl::StartsWith(ToHex(node.id()), lower);
    if (begins_so || node.endpoint() == name) meant.push_back(node);
  }
  if (meant.size() > 1) {
    std::vector<v1::ClusterNode> in_use;
    for (const v1::ClusterNode& node : meant) {
      if (node.state() != v1::ClusterNode::OUT) in_use.push_back(node);
    }
    if (in_use.size() == 1) meant = in_use;
  }
  if (meant.size() == 1) return meant[0];
  if (meant.empty()) {
    return NotFound(absl::StrCat("no storage node has the id or endpoint '", name,
                                 "'; 'trebol node ls' shows all"));
  }
  std::vector<std::string> names;
  for (const v1::ClusterNode& node : meant) names.push_back(NameOf(node));
  return NotFound(absl::StrCat("'", name, "' may be any of ", meant.size(), " storage nodes: ",
                               absl::StrJoin(names, ", "), "; give more of the id"));
}

}  // namespace trebol
