#pragma once

#include "absl/strings/string_view.h"
#include "trebol/v1/access.pb.h"
#include "trebol/v1/object.pb.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// Rows of metadata as the public API shows them. Pure.

/// Everything but the tags, whether it is the latest, and the bucket, into an empty `info`. The row
/// is taken apart: a listing shows ten thousand.
void ToListedObject(v1::ObjectRow* row, v1::ObjectInfo* info);
/// Everything but whether it is the latest.
v1::ObjectInfo ToObjectInfo(absl::string_view bucket, v1::ObjectRow row);
v1::Bucket ToBucket(const v1::BucketRow& row);
/// Without what it holds.
v1::BucketAccess ToBucketAccess(const v1::BucketRow& row);
/// Without its secret.
v1::AccessKey ToAccessKey(const v1::AccessKeyRow& row);
v1::MultipartUpload ToMultipartUpload(absl::string_view bucket, const v1::UploadRow& row);
v1::PartInfo ToPartInfo(const v1::PartRow& row);

}  // namespace trebol
