#include "tests/testing/cluster_record.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace trebol {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(const ProcessRecord& process) {
  Json json = {{"name", process.name},
               {"kind", process.kind},
               {"pid", process.pid},
               {"endpoint", process.endpoint},
               {"admin_endpoint", process.admin_endpoint},
               {"s3_endpoint", process.s3_endpoint},
               {"data_dir", process.data_dir},
               {"started", process.started}};
  if (!process.zone.empty()) json["zone"] = process.zone;
  return json;
}

/// Nothing where the file is not what we write.
bool FromJson(const Json& json, ClusterRecord& record) try {
  record.cluster_id = json.at("cluster_id").get<std::string>();
  record.initial_nodes = json.at("initial_nodes").get<int>();
  for (const Json& entry : json.at("processes")) {
    ProcessRecord process;
    process.name = entry.at("name").get<std::string>();
    process.kind = entry.at("kind").get<std::string>();
    process.pid = entry.at("pid").get<pid_t>();
    process.started = entry.at("started").get<uint64_t>();
    process.endpoint = entry.at("endpoint").get<std::string>();
    process.admin_endpoint = entry.at("admin_endpoint").get<std::string>();
    process.s3_endpoint = entry.value("s3_endpoint", "");
    process.data_dir = entry.at("data_dir").get<std::string>();
    process.zone = entry.value("zone", "");
    record.processes.push_back(std::move(process));
  }
  return true;
} catch (const Json::exception&) {
  return false;
}

}  // namespace

absl::StatusOr<ClusterRecord> ReadClusterRecord(const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("there is no ", path));
  std::stringstream text;
  text << file.rdbuf();
  ClusterRecord record;
  const Json json = Json::parse(text.str(), nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded() || !FromJson(json, record)) {
    return absl::DataLossError(
        absl::StrCat(path, " is not a description of a cluster; end its processes and remove it"));
  }
  return record;
}

absl::Status WriteClusterRecord(const std::string& path, const ClusterRecord& record) {
  Json gateways = Json::array();
  Json processes = Json::array();
  for (const ProcessRecord& process : record.processes) {
    if (process.kind == "gateway") gateways.push_back(process.endpoint);
    processes.push_back(ToJson(process));
  }
  const Json json = {{"cluster_id", record.cluster_id},
                     {"initial_nodes", record.initial_nodes},
                     {"gateways", gateways},
                     {"processes", processes}};

  const std::string temporary = absl::StrCat(path, ".new");
  std::FILE* file = std::fopen(temporary.c_str(), "we");
  if (file == nullptr) return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", temporary));
  const std::string text = json.dump(2) + "\n";
  bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  written = std::fflush(file) == 0 && written;
  written = fsync(fileno(file)) == 0 && written;
  written = std::fclose(file) == 0 && written;
  if (!written || std::rename(temporary.c_str(), path.c_str()) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path));
  }
  return absl::OkStatus();
}

}  // namespace trebol
