#include "cli/json.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "cli/access_words.h"
#include "cli/human.h"

namespace trebol::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Bytes that are not UTF-8 are replaced: the library throws otherwise.
std::string Line(const Json& json) {
  return json.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
}

Json Entry(const char* type, const std::string& key) {
  return {{"type", type},
          {"key", key},
          {"size", nullptr},
          {"etag", nullptr},
          {"last_modified", nullptr}};
}

Json Describe(const client::ObjectInfo& object) {
  Json json = Entry("object", object.key);
  json["size"] = object.size;
  json["etag"] = object.etag;
  json["last_modified"] = Rfc3339(object.last_modified);
  return json;
}

Json Describe(const client::NodeStatus& node) {
  return {{"id", node.id},
          {"endpoint", node.endpoint},
          {"admin_endpoint", node.admin_endpoint},
          {"zone", node.zone},
          {"weight", node.weight},
          {"state", node.state},
          {"liveness", node.liveness},
          {"heartbeat_age_seconds", node.heartbeat_age_seconds},
          {"partitions", node.partitions},
          {"incoming_partitions", node.incoming_partitions},
          {"leaving_partitions", node.leaving_partitions},
          {"down_seconds", node.down_seconds},
          {"out_in_seconds", node.out_in_seconds},
          {"chunks", node.chunks},
          {"chunk_bytes", node.chunk_bytes},
          {"dead_bytes", node.dead_bytes},
          {"disk_bytes", node.disk_bytes},
          {"capacity_bytes", node.capacity_bytes},
          {"free_bytes", node.free_bytes},
          {"store_failed", node.store_failed},
          {"writes_refused", node.writes_refused},
          {"stray_chunks", node.stray_chunks},
          {"stray_bytes", node.stray_bytes},
          {"missing_chunks", node.missing_chunks},
          {"missing_bytes", node.missing_bytes},
          {"quarantined_chunks", node.quarantined_chunks},
          {"breaker", node.breaker},
          {"latency_p95_seconds", node.latency_p95_seconds}};
}

}  // namespace

std::string BucketLine(const client::Bucket& bucket) {
  Json json = Entry("bucket", bucket.name);
  json["last_modified"] = Rfc3339(bucket.created);
  return Line(json);
}

std::string AccessKeyJson(const client::AccessKey& key) {
  Json json = {{"id", key.id}};
  if (!key.secret.empty()) json["secret"] = key.secret;
  json["user"] = key.user;
  json["display_name"] = key.display_name;
  json["created"] = Rfc3339(key.created);
  json["expires"] = key.expires.has_value() ? Json(Rfc3339(*key.expires)) : Json(nullptr);
  json["root"] = key.root;
  return Line(json);
}

std::string BucketAccessJson(const client::BucketAccess& access) {
  Json grants = Json::array();
  for (const client::Grant& grant : access.grants) {
    grants.push_back({{"user", grant.user}, {"right", RightName(grant.right)}});
  }
  Json json = {{"bucket", access.bucket},
               {"owner", access.owner},
               {"grants", grants},
               {"anonymous", AnonymousName(access.anonymous)},
               {"quota_bytes", access.quota_bytes == 0 ? Json(nullptr) : Json(access.quota_bytes)}};
  if (access.usage.has_value()) {
    json["used_bytes"] = access.usage->bytes;
    json["objects"] = access.usage->objects;
    json["old_versions"] = access.usage->old_versions;
  }
  return Line(json);
}

std::string ObjectLine(const client::ObjectInfo& object) { return Line(Describe(object)); }

std::string PrefixLine(const std::string& prefix) { return Line(Entry("prefix", prefix)); }

std::string VersionLine(const client::ObjectInfo& version) {
  Json json = Describe(version);
  if (version.delete_marker) json["type"] = "delete_marker";
  json["version"] = version.version;
  json["latest"] = version.latest;
  json["null_version"] = version.null_version;
  return Line(json);
}

std::string UploadLine(const client::MultipartUpload& upload) {
  Json json = Entry("upload", upload.key);
  json["last_modified"] = Rfc3339(upload.initiated);
  json["upload_id"] = upload.upload_id;
  return Line(json);
}

std::string SumLine(const std::string& prefix, uint64_t bytes, uint64_t objects) {
  return Line({{"type", "sum"}, {"key", prefix}, {"size", bytes}, {"objects", objects}});
}

std::string BucketJson(const client::Bucket& bucket) {
  Json json = Entry("bucket", bucket.name);
  json["last_modified"] = Rfc3339(bucket.created);
  json["versioning"] = VersioningName(bucket.versioning);
  json["tags"] = Json::object();
  for (const auto& [name, value] : bucket.tags) json["tags"][name] = value;
  return Line(json);
}

std::string ObjectJson(const client::ObjectInfo& object) {
  Json json = Describe(object);
  json["bucket"] = object.bucket;
  json["content_type"] = object.content_type;
  json["crc32c"] = absl::StrFormat("%08x", object.crc32c);
  json["version"] = object.version;
  json["parts"] = object.parts;
  json["checksums"] = Json::object();
  for (const client::Checksum& checksum : object.checksums) {
    json["checksums"][ChecksumName(checksum)] = absl::BytesToHexString(checksum.value);
  }
  for (const auto& [name, value] :
       {std::pair<const char*, const std::string&>{"cache_control", object.headers.cache_control},
        {"content_disposition", object.headers.content_disposition},
        {"content_encoding", object.headers.content_encoding},
        {"content_language", object.headers.content_language},
        {"expires", object.headers.expires}}) {
    if (!value.empty()) json[name] = value;
  }
  json["tags"] = Json::object();
  for (const auto& [name, value] : object.tags) json["tags"][name] = value;
  json["metadata"] = Json::object();
  for (const auto& [name, value] : object.user_metadata) json["metadata"][name] = value;
  return Line(json);
}

std::string NodeJson(const client::NodeStatus& node) { return Line(Describe(node)); }

std::string PlanJson(const client::NodeChangePlan& plan) {
  Json json = {{"map_epoch", plan.map_epoch},
               {"changes_nothing", plan.changes_nothing},
               {"moved_partitions", plan.moved_partitions},
               {"moved_copies", plan.moved_copies},
               {"moved_bytes", plan.moved_bytes},
               {"seconds", plan.seconds},
               {"refusals", plan.refusals},
               {"notes", plan.notes},
               {"nodes", Json::array()}};
  for (const client::NodeChangePlan::Node& node : plan.nodes) {
    json["nodes"].push_back({{"id", node.id},
                             {"endpoint", node.endpoint},
                             {"zone", node.zone},
                             {"state", node.state},
                             {"partitions_before", node.partitions_before},
                             {"partitions_after", node.partitions_after},
                             {"bytes_before", node.bytes_before},
                             {"bytes_after", node.bytes_after},
                             {"capacity_bytes", node.capacity_bytes}});
  }
  return Line(json);
}

std::string JobJson(const client::Job& job) {
  Json json = {{"id", job.id},         {"kind", job.kind},      {"state", job.state},
               {"nodes", job.nodes},   {"done", job.done},      {"total", job.total},
               {"unit", job.unit},     {"rate", job.rate},      {"seconds_left", job.seconds_left},
               {"passes", job.passes}, {"problem", job.problem}};
  json["began"] = job.began == absl::InfinitePast() ? Json() : Json(Rfc3339(job.began));
  json["ended"] = job.ended == absl::InfiniteFuture() ? Json() : Json(Rfc3339(job.ended));
  return Line(json);
}

std::string ClusterJson(const client::ClusterStatus& status) {
  Json json = {{"cluster_id", status.cluster_id},
               {"generation", status.generation},
               {"health", status.health},
               {"reasons", status.reasons},
               {"nodes_up", status.nodes_up},
               {"nodes_total", status.nodes.size()},
               {"partitions", status.partitions},
               {"degraded_partitions", status.degraded_partitions},
               {"unavailable_partitions", status.unavailable_partitions},
               {"moving_partitions", status.moving_partitions},
               {"moved_partitions", status.moved_partitions},
               {"stray_chunks", status.stray_chunks},
               {"missing_chunks", status.missing_chunks},
               {"missing_bytes", status.missing_bytes},
               {"copies", status.copies},
               {"write_quorum", status.write_quorum},
               {"initial_nodes", status.initial_nodes},
               {"map_epoch", status.map_epoch},
               {"buckets", status.buckets},
               {"objects", status.objects},
               {"object_bytes", status.object_bytes},
               {"garbage_bytes", status.garbage_bytes},
               {"garbage_versions", status.garbage_versions},
               {"open_sessions", status.open_sessions},
               {"collection_frozen", status.collection_frozen},
               {"nodes", Json::array()}};
  for (const client::NodeStatus& node : status.nodes) json["nodes"].push_back(Describe(node));
  return Line(json);
}

std::string ChunkJson(const client::ObjectExplanation::Chunk& chunk) {
  Json json = {{"type", "chunk"},
               {"id", chunk.id},
               {"part", chunk.part},
               {"index", chunk.index},
               {"offset", chunk.offset},
               {"size", chunk.size},
               {"partition", chunk.partition},
               {"epoch", chunk.epoch},
               {"good", chunk.good},
               {"zones", chunk.zones},
               {"doubtful", chunk.doubtful},
               {"copies", Json::array()}};
  for (const client::ObjectExplanation::Copy& copy : chunk.copies) {
    json["copies"].push_back(
        {{"node", copy.node},
         {"role", copy.role},
         {"state", copy.state},
         {"hint_for", copy.hint_for.empty() ? Json() : Json(copy.hint_for)},
         {"verified", copy.verified.has_value() ? Json(Rfc3339(*copy.verified)) : Json()}});
  }
  return Line(json);
}

std::string ReportJson(const ObjectReport& report) {
  const client::ObjectExplanation& sum = report.sum();
  Json json = Describe(sum.object);
  json["bucket"] = sum.object.bucket;
  json["version"] = sum.object.version;
  json["parts"] = sum.object.parts;
  json["verdict"] = report.Word();
  json["summary"] = report.Sentence();
  json["chunks"] = report.chunks();
  json["copies"] = sum.copies;
  json["full"] = sum.full;
  json["fewer"] = sum.fewer;
  json["one"] = sum.one;
  json["none"] = sum.none;
  json["lost"] = sum.lost;
  json["least_copies"] = sum.least_copies;
  json["most_copies"] = sum.most_copies;
  json["least_zones"] = sum.least_zones;
  json["zones"] = sum.zones;
  json["map_epoch"] = sum.map_epoch;
  json["nodes"] = Json::array();
  for (const auto& [id, node] : report.nodes()) {
    const bool verified = node.all_verified && node.verified.has_value();
    json["nodes"].push_back({{"id", id},
                             {"endpoint", node.status.endpoint},
                             {"zone", node.status.zone},
                             {"state", node.status.state},
                             {"liveness", node.status.liveness},
                             {"breaker", node.status.breaker},
                             {"problem", node.problem.empty() ? Json() : Json(node.problem)},
                             {"good", node.good},
                             {"others", node.others},
                             {"verified", verified ? Json(Rfc3339(*node.verified)) : Json()}});
  }
  json["patterns"] = Json::array();
  for (const auto& [copies, pattern] : report.patterns()) {
    json["patterns"].push_back(
        {{"copies", copies}, {"chunks", pattern.chunks}, {"example", pattern.example}});
  }
  return Line(json);
}

}  // namespace trebol::cli
