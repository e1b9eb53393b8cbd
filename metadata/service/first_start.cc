#include "metadata/service/first_start.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/error.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/config/small_file.h"
#include "common/object/access_names.h"

namespace trebol {
namespace {

struct PairNames {
  const char* id;
  const char* secret;
};

// In this order: whoever sets both means the clients' own names.
constexpr PairNames kPairs[] = {{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"},
                                {"MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD"}};
constexpr char kBuckets[] = "TREBOL_BUCKETS";

std::string Variable(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

absl::Status Invalid(absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT, message);
}

/// Empty: not set.
absl::StatusOr<std::string> ValueOf(const Environment& environment, const std::string& name) {
  const std::string value = Variable(environment, name);
  const std::string path = Variable(environment, name + "_FILE");
  if (path.empty()) return value;
  if (!value.empty()) {
    return Invalid(absl::StrCat(name, " and ", name, "_FILE are both set; leave one of them out"));
  }
  const auto text = ReadSmallFile(path);
  if (!text.ok()) return Annotate(text.status(), absl::StrCat(name, "_FILE"));
  std::string read(absl::StripAsciiWhitespace(*text));
  if (read.empty()) return Invalid(absl::StrCat(name, "_FILE: the file '", path, "' is empty"));
  return read;
}

absl::StatusOr<std::optional<AccessPair>> ReadPair(const Environment& environment,
                                                   const PairNames& names) {
  AccessPair pair;
  ASSIGN_OR_RETURN(pair.id, ValueOf(environment, names.id));
  ASSIGN_OR_RETURN(pair.secret, ValueOf(environment, names.secret));
  if (pair.id.empty() && pair.secret.empty()) return std::optional<AccessPair>();
  if (pair.id.empty() || pair.secret.empty()) {
    return Invalid(absl::StrCat(pair.id.empty() ? names.secret : names.id, " is set without ",
                                pair.id.empty() ? names.id : names.secret,
                                ": root's key needs both"));
  }
  if (absl::Status status = ValidateAccessKeyId(pair.id); !status.ok()) {
    return Annotate(status, names.id);
  }
  if (absl::Status status = ValidateAccessKeySecret(pair.secret); !status.ok()) {
    return Annotate(status, names.secret);
  }
  return std::optional<AccessPair>(std::move(pair));
}

}  // namespace

absl::StatusOr<FirstStart> ReadFirstStart(const Environment& environment) {
  FirstStart first;
  for (const PairNames& names : kPairs) {
    ASSIGN_OR_RETURN(auto pair, ReadPair(environment, names));
    if (!first.root.has_value()) first.root = std::move(pair);
  }
  const std::string buckets = Variable(environment, kBuckets);
  for (absl::string_view name : absl::StrSplit(buckets, ',', absl::SkipWhitespace())) {
    name = absl::StripAsciiWhitespace(name);
    if (absl::Status status = ValidateBucketName(name); !status.ok()) {
      return Annotate(status, kBuckets);
    }
    first.buckets.emplace_back(name);
  }
  return first;
}

}  // namespace trebol
