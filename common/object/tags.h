#pragma once

#include "absl/status/status.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// Tags, with the limits of S3. Pure.
using Tags = google::protobuf::RepeatedPtrField<v1::Tag>;

/// INVALID_TAG: too many, too long, a key twice, not UTF-8.
absl::Status ValidateObjectTags(const Tags& tags);
absl::Status ValidateBucketTags(const Tags& tags);

/// The form in which rows hold them: by key.
Tags SortedTags(Tags tags);

}  // namespace trebol
