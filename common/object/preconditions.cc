#include "common/object/preconditions.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

constexpr absl::string_view kAny = "*";
constexpr int kMostEtags = 100;
constexpr uint64_t kSecond = 1'000'000;

using Etags = google::protobuf::RepeatedPtrField<std::string>;

bool Match(const Etags& etags, const v1::ObjectRow& row) {
  return std::any_of(etags.begin(), etags.end(), [&row](const std::string& etag) {
    return etag == kAny || etag == row.manifest().etag();
  });
}

// As much of a list as a message needs: of many deletes in one call each has one.
std::string Shown(const Etags& etags) {
  constexpr size_t kMostShown = 200;
  const std::string all = absl::StrJoin(etags, ", ");
  if (all.size() <= kMostShown) return all;
  size_t size = kMostShown;
  while (size > 0 && (static_cast<unsigned char>(all[size]) & 0xC0) == 0x80) --size;  // UTF-8
  return absl::StrCat(all.substr(0, size), "...");
}

absl::Status Failed(const v1::ObjectRow& row, absl::string_view what, const std::string& wanted) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, v1::PRECONDITION_FAILED,
      absl::StrCat("'", row.key(), "' has etag ", row.manifest().etag(), ", and ", what, " '",
                   wanted, "' does not hold; look at it again and decide anew"));
}

absl::Status NotModified(const v1::ObjectRow& row) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, v1::NOT_MODIFIED,
      absl::StrCat("'", row.key(), "' was not modified: what you have is still right"));
}

// HTTP's dates have seconds.
bool ModifiedSince(const v1::ObjectRow& row, const google::protobuf::Timestamp& time) {
  return static_cast<int64_t>(row.manifest().last_modified_us() / kSecond) > time.seconds();
}

absl::Status Check(const v1::Preconditions& preconditions, const v1::ObjectRow& row,
                   const absl::Status& unchanged) {
  if (!preconditions.if_match().empty()) {
    if (!Match(preconditions.if_match(), row)) {
      return Failed(row, "if-match", Shown(preconditions.if_match()));
    }
  } else if (preconditions.has_if_unmodified_since() &&
             ModifiedSince(row, preconditions.if_unmodified_since())) {
    return Failed(row, "if-unmodified-since",
                  absl::StrCat(preconditions.if_unmodified_since().seconds()));
  }
  if (!preconditions.if_none_match().empty()) {
    if (Match(preconditions.if_none_match(), row)) return unchanged;
  } else if (preconditions.has_if_modified_since() &&
             !ModifiedSince(row, preconditions.if_modified_since())) {
    return unchanged;
  }
  return absl::OkStatus();
}

absl::Status ValidateEtags(const Etags& etags, absl::string_view what) {
  const bool good = etags.size() <= kMostEtags &&
                    std::all_of(etags.begin(), etags.end(), [](const std::string& etag) {
                      return !etag.empty() && etag.size() <= kMaxContentTypeSize;
                    });
  if (good) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                   absl::StrCat(what, " takes 1 to ", kMostEtags, " etags of 1 to ",
                                kMaxContentTypeSize, " bytes, or \"*\""));
}

}  // namespace

absl::Status CheckWrite(const v1::Preconditions& preconditions, const v1::ObjectRow* current,
                        absl::string_view key) {
  if (current == nullptr) {
    if (preconditions.if_match().empty()) return absl::OkStatus();
    return MakeError(absl::StatusCode::kNotFound, v1::OBJECT_NOT_FOUND,
                     absl::StrCat("there is no object '", key, "' whose etag could match '",
                                  Shown(preconditions.if_match()), "'"));
  }
  if (!preconditions.if_match().empty() && !Match(preconditions.if_match(), *current)) {
    return Failed(*current, "if-match", Shown(preconditions.if_match()));
  }
  if (!preconditions.if_none_match().empty() && Match(preconditions.if_none_match(), *current)) {
    return Failed(*current, "if-none-match", Shown(preconditions.if_none_match()));
  }
  return absl::OkStatus();
}

absl::Status CheckRead(const v1::Preconditions& preconditions, const v1::ObjectRow& row) {
  return Check(preconditions, row, NotModified(row));
}

absl::Status CheckCopySource(const v1::Preconditions& preconditions, const v1::ObjectRow& row) {
  return Check(preconditions, row,
               Failed(row, "a condition that it was modified, or is none of",
                      Shown(preconditions.if_none_match())));
}

absl::Status ValidateReadPreconditions(const v1::Preconditions& preconditions) {
  RETURN_IF_ERROR(ValidateEtags(preconditions.if_match(), "if-match"));
  return ValidateEtags(preconditions.if_none_match(), "if-none-match");
}

absl::Status ValidateWritePreconditions(const v1::Preconditions& preconditions) {
  if (preconditions.has_if_modified_since() || preconditions.has_if_unmodified_since()) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     "a write cannot depend on a time, which two writes may share; give an etag "
                     "(if-match, if-none-match)");
  }
  return ValidateReadPreconditions(preconditions);
}

}  // namespace trebol
