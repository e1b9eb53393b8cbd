#pragma once

#include <string>

#include "client/client.h"

namespace trebol::cli {

// One JSON object each, on one line. Fields are only added, never renamed or removed.

/// {"type","key","size","etag","last_modified"} of what ls shows; what does not apply is null.
std::string BucketLine(const client::Bucket& bucket);
std::string ObjectLine(const client::ObjectInfo& object);
std::string PrefixLine(const std::string& prefix);

/// Everything known about an object.
std::string ObjectJson(const client::ObjectInfo& object);
std::string NodeJson(const client::NodeStatus& node);
std::string ClusterJson(const client::ClusterStatus& status);

}  // namespace trebol::cli
