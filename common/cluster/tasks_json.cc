#include "common/cluster/tasks_json.h"

#include <google/protobuf/util/json_util.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/ids.h"

namespace trebol {
namespace {

std::string Json(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto written = google::protobuf::util::MessageToJsonString(message, &json, options);
  return written.ok() ? json : "{}";
}

/// A string as a JSON string: messages print theirs rightly.
std::string Quoted(const std::string& text) {
  v1::BackgroundTask task;
  task.set_name(text);
  google::protobuf::util::JsonPrintOptions options;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(task, &json, options).ok()) return "\"\"";
  return json.substr(8, json.size() - 9);  // {"name":"…"}
}

}  // namespace

std::string TasksJson(const v1::ClusterStatus& status) {
  std::vector<std::string> nodes;
  for (const v1::NodeStatus& node : status.nodes()) {
    if (node.node().state() == v1::ClusterNode::OUT) continue;
    std::vector<std::string> tasks;
    for (const v1::BackgroundTask& task : node.last().tasks()) tasks.push_back(Json(task));
    nodes.push_back(absl::StrCat("{\"node\":\"", ToHex(node.node().id()),
                                 "\",\"endpoint\":", Quoted(node.node().endpoint()), ",\"tasks\":[",
                                 absl::StrJoin(tasks, ","), "]}"));
  }
  std::vector<std::string> jobs;
  for (const v1::Job& job : status.jobs()) jobs.push_back(Json(job));
  return absl::StrCat("{\"jobs\":[", absl::StrJoin(jobs, ","), "],\"nodes\":[",
                      absl::StrJoin(nodes, ","), "]}\n");
}

}  // namespace trebol
