#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "common/base/ids.h"

namespace trebol {

/// Keys of the rows of the namespace (docs/formats/metadata-rows.md). A key begins with the number
/// of its table; numbers are big-endian, names end with a NUL (they contain none), so that the
/// bytes of keys sort as what they stand for and `foo` and `foo/bar` never mix. Frozen.
enum class Table : uint8_t {
  kCluster = 0x01,
  kApplied = 0x02,
  kMap = 0x03,
  kTerm = 0x04,  // log index
  kNode = 0x05,  // node
  kJobs = 0x06,
  kRootKey = 0x07,
  kBucket = 0x10,           // name
  kObject = 0x12,           // bucket id, key: what the key names
  kVersion = 0x13,          // bucket id, key, order (the newest first): older versions
  kNullVersion = 0x14,      // bucket id, key
  kUpload = 0x15,           // bucket id, key, upload
  kPart = 0x16,             // upload, part number
  kCompletedUpload = 0x17,  // upload
  kBucketUsage = 0x18,      // bucket id
  kExtent = 0x20,           // version
  kGarbage = 0x21,          // log index, version
  kGarbageIndex = 0x22,     // version
  kUnseenGarbage = 0x23,    // log index, version
  kSession = 0x30,          // session, while it is open
  kClosedSession = 0x31,    // session
  kRetiredSession = 0x32,   // µs at which it closed, session
  kSequence = 0x33,         // session, sequence
  kOperation = 0x34,        // session, counter
  kAccessKey = 0x40,        // id
};

/// Garbage that was an object once, which a reader may have looked up, waits for readers; that of
/// attempts that never became one cannot have been found, and waits for nobody. Each kind is in an
/// order of its own, so that neither holds back the other.
enum class GarbageKind : uint8_t { kSeen, kUnseen };

/// Bounds of a scan: from <= key < to.
struct KeyRange {
  std::string from;
  std::string to;
};

namespace row_keys {

std::string Cluster();
std::string Applied();
std::string Map();
std::string Term(LogIndex begun_at);
std::string Node(NodeId node);
std::string Jobs();
std::string RootKey();
std::string Bucket(absl::string_view name);
std::string Object(BucketId bucket, absl::string_view key);
std::string Version(BucketId bucket, absl::string_view key, uint64_t order);
std::string NullVersion(BucketId bucket, absl::string_view key);
std::string Upload(BucketId bucket, absl::string_view key, const VersionId& upload);
std::string Part(const VersionId& upload, uint32_t number);
std::string CompletedUpload(const VersionId& upload);
std::string BucketUsage(BucketId bucket);
std::string Extent(const VersionId& version);
std::string Garbage(GarbageKind kind, LogIndex made_at, const VersionId& version);
std::string GarbageIndex(const VersionId& version);
std::string Session(SessionId session);
std::string ClosedSession(SessionId session);
std::string RetiredSession(uint64_t closed_us, SessionId session);
std::string Sequence(SessionId session, uint64_t sequence);
std::string Operation(SessionId session, uint64_t counter);
std::string AccessKey(absl::string_view id);

/// All rows of a table.
KeyRange All(Table table);
/// All rows of a bucket in a table whose keys begin with one.
KeyRange RowsOf(Table table, BucketId bucket);
/// All rows of a key in kVersion or kUpload.
KeyRange RowsOf(Table table, BucketId bucket, absl::string_view key);
/// Rows of kSequence or kOperation of a session with a number in [from, to).
KeyRange NumbersOf(Table table, SessionId session, uint64_t from, uint64_t to);
KeyRange AllNumbersOf(Table table, SessionId session);

/// Where the rows of names (kObject, kVersion, kUpload) begin whose keys are not below `key` /
/// above `key` / above every key that begins with `prefix`.
std::string NamesFrom(Table table, BucketId bucket, absl::string_view key);
std::string NamesAfter(Table table, BucketId bucket, absl::string_view key);
std::string NamesAfterPrefix(Table table, BucketId bucket, absl::string_view prefix);

/// What a key says. The key is of the right table: that is our own business.
/// The object's key of a kObject, kVersion or kUpload row.
absl::string_view NameOf(absl::string_view row_key);
VersionId UploadOf(absl::string_view row_key);  // of a kUpload row
BucketId BucketOf(absl::string_view row_key);   // of a kObject, kVersion or kUpload row
VersionId ExtentOf(absl::string_view row_key);
VersionId UploadOfPart(absl::string_view row_key);
uint32_t PartNumberOf(absl::string_view row_key);
/// The session of a kSession, kClosedSession or kRetiredSession row; the node of a kNode row; …
uint64_t LastNumberOf(absl::string_view row_key);

/// The least string above all that begin with `prefix`; empty if there is none.
std::string PrefixSuccessor(absl::string_view prefix);

}  // namespace row_keys
}  // namespace trebol
