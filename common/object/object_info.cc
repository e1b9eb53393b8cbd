#include "common/object/object_info.h"

#include <cstdint>
#include <string>
#include <utility>

#include "common/base/proto_ids.h"
#include "common/object/access_names.h"
#include "common/object/part_set.h"
#include "common/object/version_ref.h"

namespace trebol {
namespace {

void SetTime(uint64_t microseconds, google::protobuf::Timestamp* time) {
  time->set_seconds(static_cast<int64_t>(microseconds / 1'000'000));
  time->set_nanos(static_cast<int32_t>(microseconds % 1'000'000 * 1'000));
}

}  // namespace

void ToListedObject(v1::ObjectRow* row, v1::ObjectInfo* info) {
  v1::Manifest& manifest = *row->mutable_manifest();
  info->set_size(manifest.size());
  SetTime(manifest.last_modified_us(), info->mutable_last_modified());
  for (v1::NameValue& entry : *manifest.mutable_user_metadata()) {
    (*info->mutable_user_metadata())[entry.name()] = std::move(*entry.mutable_value());
  }
  info->set_crc32c(manifest.crc32c());
  info->set_version(VersionString(*row));
  info->set_null_version(!row->versioned());
  info->set_delete_marker(row->delete_marker());
  info->set_parts(CountParts(manifest.parts()));
  info->set_key(std::move(*row->mutable_key()));
  info->set_etag(std::move(*manifest.mutable_etag()));
  info->set_content_type(std::move(*manifest.mutable_content_type()));
  if (manifest.has_headers()) *info->mutable_headers() = std::move(*manifest.mutable_headers());
  if (!manifest.checksums().empty()) {
    *info->mutable_checksums() = std::move(*manifest.mutable_checksums());
  }
}

v1::ObjectInfo ToObjectInfo(absl::string_view bucket, v1::ObjectRow row) {
  v1::ObjectInfo info;
  *info.mutable_tags() = std::move(*row.mutable_tags());
  ToListedObject(&row, &info);
  info.set_bucket(std::string(bucket));
  return info;
}

v1::Bucket ToBucket(const v1::BucketRow& row) {
  v1::Bucket bucket;
  bucket.set_name(row.name());
  SetTime(row.created_us(), bucket.mutable_created());
  bucket.set_versioning(row.versioning());
  *bucket.mutable_tags() = row.tags();
  bucket.set_owner(std::string(OwnerOf(row)));
  return bucket;
}

v1::BucketAccess ToBucketAccess(const v1::BucketRow& row) {
  v1::BucketAccess access;
  access.set_bucket(row.name());
  access.set_owner(std::string(OwnerOf(row)));
  *access.mutable_grants() = row.grants();
  access.set_anonymous(row.anonymous());
  access.set_quota_bytes(row.quota_bytes());
  return access;
}

v1::AccessKey ToAccessKey(const v1::AccessKeyRow& row) {
  v1::AccessKey key;
  key.set_id(row.id());
  key.set_user(row.user());
  key.set_display_name(row.display_name());
  SetTime(row.created_us(), key.mutable_created());
  if (row.expires_us() != 0) SetTime(row.expires_us(), key.mutable_expires());
  key.set_root(row.root());
  return key;
}

v1::MultipartUpload ToMultipartUpload(absl::string_view bucket, const v1::UploadRow& row) {
  v1::MultipartUpload upload;
  upload.set_bucket(std::string(bucket));
  upload.set_key(row.key());
  upload.set_upload_id(ToString(VersionIdOf(row.upload())));
  SetTime(row.initiated_us(), upload.mutable_initiated());
  *upload.mutable_checksums() = row.checksums();
  const v1::Manifest& wanted = row.manifest();
  upload.set_composite_checksums(!wanted.checksums().empty() && wanted.checksums(0).composite());
  upload.set_initiator(row.initiator());
  return upload;
}

v1::PartInfo ToPartInfo(const v1::PartRow& row) {
  const v1::Manifest& manifest = row.manifest();
  v1::PartInfo part;
  part.set_part_number(row.number());
  part.set_size(manifest.size());
  part.set_etag(manifest.etag());
  SetTime(manifest.last_modified_us(), part.mutable_last_modified());
  part.set_crc32c(manifest.crc32c());
  *part.mutable_checksums() = manifest.checksums();
  return part;
}

}  // namespace trebol
