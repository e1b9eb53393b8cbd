#include "gateway/object/object_info.h"

#include "common/base/proto_ids.h"

namespace trebol {
namespace {

void SetTime(uint64_t microseconds, google::protobuf::Timestamp* time) {
  time->set_seconds(static_cast<int64_t>(microseconds / 1'000'000));
  time->set_nanos(static_cast<int32_t>(microseconds % 1'000'000 * 1'000));
}

}  // namespace

v1::ObjectInfo ToObjectInfo(const std::string& bucket, const v1::ObjectRow& row) {
  const v1::Manifest& manifest = row.manifest();
  v1::ObjectInfo info;
  info.set_bucket(bucket);
  info.set_key(row.key());
  info.set_size(manifest.size());
  info.set_etag(manifest.etag());
  SetTime(manifest.last_modified_us(), info.mutable_last_modified());
  info.set_content_type(manifest.content_type());
  for (const v1::NameValue& entry : manifest.user_metadata()) {
    (*info.mutable_user_metadata())[entry.name()] = entry.value();
  }
  info.set_crc32c(manifest.crc32c());
  info.set_version(ToString(VersionIdOf(manifest.version())));
  return info;
}

v1::Bucket ToBucket(const v1::BucketRow& row) {
  v1::Bucket bucket;
  bucket.set_name(row.name());
  SetTime(row.created_us(), bucket.mutable_created());
  return bucket;
}

}  // namespace trebol
