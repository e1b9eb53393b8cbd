#pragma once

#include <string>

#include "trebol/v1/object.pb.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// Rows of metadata as the public API shows them.
v1::ObjectInfo ToObjectInfo(const std::string& bucket, const v1::ObjectRow& row);
v1::Bucket ToBucket(const v1::BucketRow& row);

}  // namespace trebol
