#pragma once

#include "absl/status/status.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "trebol/v1/access.pb.h"

namespace trebol {

/// Cross-origin rules of a bucket. Pure.
using CorsRules = google::protobuf::RepeatedPtrField<v1::CorsRule>;

/// INVALID_CORS: more than 100 rules or 64 KiB, a rule without origin or method, a method that is
/// not one of S3's, two asterisks in a pattern or one in an exposed header, an id that is too long
/// or used twice. The limits are those of S3.
absl::Status ValidateCorsRules(const CorsRules& rules);

}  // namespace trebol
