#include "common/object/tags.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/names.h"

namespace trebol {
namespace {

absl::Status Refuse(absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_TAG, message);
}

// Of UTF-8: every byte that does not continue a character begins one.
size_t Characters(absl::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

absl::Status Validate(const Tags& tags, int most) {
  if (tags.size() > most) {
    return Refuse(absl::StrCat(tags.size(), " tags were given; at most ", most, " are allowed"));
  }
  std::set<absl::string_view> keys;
  for (const v1::Tag& tag : tags) {
    const std::string shown = absl::CHexEscape(tag.key().substr(0, 40));
    if (!IsValidUtf8(tag.key()) || !IsValidUtf8(tag.value()) ||
        absl::StrContains(tag.key(), '\0') || absl::StrContains(tag.value(), '\0')) {
      return Refuse(absl::StrCat("the tag '", shown, "' is not UTF-8 without a NUL"));
    }
    if (tag.key().empty() || Characters(tag.key()) > kMaxTagKeySize) {
      return Refuse(absl::StrCat("the tag key '", shown, "' has ", Characters(tag.key()),
                                 " characters; 1 to ", kMaxTagKeySize, " are allowed"));
    }
    if (Characters(tag.value()) > kMaxTagValueSize) {
      return Refuse(absl::StrCat("the value of the tag '", shown, "' has ", Characters(tag.value()),
                                 " characters; at most ", kMaxTagValueSize, " are allowed"));
    }
    if (!keys.insert(tag.key()).second) {
      return Refuse(absl::StrCat("the tag '", shown, "' was given twice"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ValidateObjectTags(const Tags& tags) { return Validate(tags, kMaxObjectTags); }
absl::Status ValidateBucketTags(const Tags& tags) { return Validate(tags, kMaxBucketTags); }

Tags SortedTags(Tags tags) {
  std::sort(tags.begin(), tags.end(),
            [](const v1::Tag& a, const v1::Tag& b) { return a.key() < b.key(); });
  return tags;
}

}  // namespace trebol
