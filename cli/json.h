#pragma once

#include <cstdint>
#include <string>

#include "cli/object_report.h"
#include "client/client.h"

namespace trebol::cli {

// One JSON object each, on one line. Fields are only added, never renamed or removed.

/// {"type","key","size","etag","last_modified"} of what ls shows; what does not apply is null.
std::string BucketLine(const client::Bucket& bucket);
std::string ObjectLine(const client::ObjectInfo& object);
std::string PrefixLine(const std::string& prefix);
/// An object with its version, and whether it is the latest or a delete marker.
std::string VersionLine(const client::ObjectInfo& version);
/// An unfinished multipart upload, with its id.
std::string UploadLine(const client::MultipartUpload& upload);
/// {"type":"sum","key","size","objects"}: what du adds up.
std::string SumLine(const std::string& prefix, uint64_t bytes, uint64_t objects);

/// Everything known about a bucket, about an object.
std::string BucketJson(const client::Bucket& bucket);
std::string ObjectJson(const client::ObjectInfo& object);
/// A key; with its secret only where it was made.
std::string AccessKeyJson(const client::AccessKey& key);
/// Who may use a bucket. "used_bytes", "objects" and "old_versions" where they were asked for.
std::string BucketAccessJson(const client::BucketAccess& access);
std::string NodeJson(const client::NodeStatus& node);
std::string PlanJson(const client::NodeChangePlan& plan);
std::string JobJson(const client::Job& job);
std::string ClusterJson(const client::ClusterStatus& status);
/// {"type":"chunk",…}: a chunk of an object with its copies.
std::string ChunkJson(const client::ObjectExplanation::Chunk& chunk);
/// {"type":"object","verdict",…}: what they add up to.
std::string ReportJson(const ObjectReport& report);

}  // namespace trebol::cli
