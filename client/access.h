#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace trebol::client {

/// A key: an id, which every request names, and a secret, which signs it. Whoever has it acts for
/// its user; a user is a name and nothing more.
struct AccessKey {
  std::string id;
  std::string secret;  // only in what CreateAccessKey gives
  std::string user;
  std::string display_name;
  absl::Time created;
  std::optional<absl::Time> expires;  // never
  bool root = false;                  // may do everything; set where metadata is started
};

struct AccessKeyOptions {
  std::string user;                   // empty: a user of its own, named as the key
  std::string display_name;           // empty: the name of the user
  std::optional<absl::Time> expires;  // never
};

struct AccessKeyPage {
  std::vector<AccessKey> keys;  // by id
  std::string next_page_token;  // empty: this was the last page
};

/// What a user may do with the bucket of another.
enum class Right {
  kNone = 0,   // takes a grant away
  kRead,       // list, read objects and their versions
  kWrite,      // put and delete objects, multipart uploads
  kReadWrite,  // both
  kOwner,      // everything that the owner may
};

/// What anybody may do without a key.
enum class AnonymousAccess {
  kNone = 0,
  kRead,       // list and read
  kUpload,     // put and delete, not read
  kReadWrite,  // both
};

struct Grant {
  std::string user;
  Right right = Right::kNone;
};

struct BucketUsage {
  uint64_t bytes = 0;         // of all versions, one copy; what a quota is about
  uint64_t objects = 0;       // that keys name
  uint64_t old_versions = 0;  // beside these, with delete markers
};

struct BucketAccess {
  std::string bucket;
  std::string owner;
  std::vector<Grant> grants;  // by user
  AnonymousAccess anonymous = AnonymousAccess::kNone;
  uint64_t quota_bytes = 0;          // 0: none
  std::optional<BucketUsage> usage;  // in what GetBucketAccess gives
};

/// What is not set stays as it is.
struct BucketAccessChange {
  std::vector<Grant> grants;  // instead of what these users have
  bool only_these = false;    // users that are not named lose what they have
  std::optional<AnonymousAccess> anonymous;
  std::string owner;  // empty: as it is
};

}  // namespace trebol::client
