#include "gateway/object/put_object.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/object/attributes.h"
#include "common/object/object_info.h"
#include "common/object/preconditions.h"
#include "common/object/tags.h"

namespace trebol {
namespace {

// Sent before metadata is asked whether the bucket exists, if it did lately.
constexpr uint64_t kSmallBody = kMiB;

absl::Status Validate(const PutObject::Header& header, const v1::Manifest& attributes) {
  RETURN_IF_ERROR(ValidateBucketName(header.bucket()));
  RETURN_IF_ERROR(ValidateObjectKey(header.key()));
  RETURN_IF_ERROR(Annotate(ValidateAttributes(attributes), absl::StrCat("'", header.key(), "'")));
  RETURN_IF_ERROR(ValidateObjectTags(header.tags()));
  RETURN_IF_ERROR(ValidateChecksums(header.checksums()));
  return ValidateWritePreconditions(header.preconditions());
}

BodyStore::Announced AnnouncedBy(const PutObject::Header& header) {
  BodyStore::Announced announced{.name = header.key(), .most = kMaxObjectSize};
  if (header.has_content_length()) announced.length = header.content_length();
  if (header.has_crc32c()) announced.crc32c = header.crc32c();
  announced.checksums = header.checksums();
  return announced;
}

bool IsSmall(const PutObject::Header& header) {
  return header.has_content_length() && header.content_length() <= kSmallBody;
}

}  // namespace

Task<v1::ObjectInfo> PutObject::Run(RequestContextPtr context, Header header, BodyReaderPtr body,
                                    std::optional<Md5Etag> md5_etag) {
  v1::Manifest attributes;
  SetAttributes(header.content_type(), header.user_metadata(),
                header.has_headers() ? &header.headers() : nullptr, &attributes);
  CO_RETURN_IF_ERROR(Validate(header, attributes));
  if (IsSmall(header)) {
    CO_RETURN_IF_ERROR(co_await buckets_->Expect(context, header.bucket()));
  } else {
    // No gigabytes for a bucket that does not exist.
    CO_RETURN_IF_ERROR((co_await buckets_->Find(context, header.bucket())).status());
  }
  auto make = [&header, &attributes](const v1::OperationId& operation, v1::Manifest manifest) {
    v1::Command command;
    v1::PutObjectCommand& put = *command.mutable_put_object();
    *put.mutable_operation() = operation;
    put.set_bucket(header.bucket());
    put.set_key(header.key());
    *put.mutable_manifest() = std::move(manifest);
    put.mutable_manifest()->MergeFrom(attributes);
    if (header.has_preconditions()) *put.mutable_preconditions() = header.preconditions();
    *put.mutable_tags() = header.tags();
    return command;
  };
  BodyStore::Announced announced = AnnouncedBy(header);
  announced.md5_etag = std::move(md5_etag);
  const auto outcome = co_await store_->Run(context, std::move(announced), header.operation(),
                                            std::move(body), make);
  if (ReasonOf(outcome.status()) == v1::BUCKET_NOT_FOUND) buckets_->Forget(header.bucket());
  CO_RETURN_IF_ERROR(outcome.status());
  v1::ObjectInfo info = ToObjectInfo(header.bucket(), outcome->object());
  info.set_latest(true);
  co_return info;
}

}  // namespace trebol
