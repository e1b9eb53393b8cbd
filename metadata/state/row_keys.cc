#include "metadata/state/row_keys.h"

#include "common/base/check.h"
#include "common/base/endian.h"

namespace trebol::row_keys {
namespace {

std::string Key(Table table) { return std::string(1, static_cast<char>(table)); }

std::string Key(Table table, uint64_t number) {
  std::string key = Key(table);
  AppendBigEndian64(number, &key);
  return key;
}

std::string Key(Table table, uint64_t first, uint64_t second) {
  std::string key = Key(table, first);
  AppendBigEndian64(second, &key);
  return key;
}

std::string Key(Table table, const VersionId& version) {
  std::string key = Key(table);
  AppendVersionId(version, &key);
  return key;
}

std::string Key(Table table, absl::string_view name) {
  std::string key = Key(table);
  key.append(name.data(), name.size());
  key.push_back('\0');
  return key;
}

constexpr size_t kNameOffset = 1 + sizeof(uint64_t);

// A name in a table of names: terminated, so that what may follow it never mixes with longer names.
std::string Name(Table table, BucketId bucket, absl::string_view key) {
  std::string row_key = NamesFrom(table, bucket, key);
  row_key.push_back('\0');
  return row_key;
}

}  // namespace

std::string Cluster() { return Key(Table::kCluster); }
std::string Applied() { return Key(Table::kApplied); }
std::string Map() { return Key(Table::kMap); }
std::string Jobs() { return Key(Table::kJobs); }
std::string RootKey() { return Key(Table::kRootKey); }
std::string Term(LogIndex begun_at) { return Key(Table::kTerm, begun_at.value); }
std::string Node(NodeId node) { return Key(Table::kNode, node.value); }

std::string Bucket(absl::string_view name) { return Key(Table::kBucket, name); }
std::string AccessKey(absl::string_view id) { return Key(Table::kAccessKey, id); }
std::string BucketUsage(BucketId bucket) { return Key(Table::kBucketUsage, bucket.value); }

std::string Object(BucketId bucket, absl::string_view key) {
  return Name(Table::kObject, bucket, key);
}

std::string Version(BucketId bucket, absl::string_view key, uint64_t order) {
  std::string row_key = Name(Table::kVersion, bucket, key);
  AppendBigEndian64(~order, &row_key);
  return row_key;
}

std::string NullVersion(BucketId bucket, absl::string_view key) {
  return Name(Table::kNullVersion, bucket, key);
}

std::string Upload(BucketId bucket, absl::string_view key, const VersionId& upload) {
  std::string row_key = Name(Table::kUpload, bucket, key);
  AppendVersionId(upload, &row_key);
  return row_key;
}

std::string Part(const VersionId& upload, uint32_t number) {
  std::string row_key = Key(Table::kPart, upload);
  AppendBigEndian32(number, &row_key);
  return row_key;
}

std::string CompletedUpload(const VersionId& upload) {
  return Key(Table::kCompletedUpload, upload);
}

std::string Extent(const VersionId& version) { return Key(Table::kExtent, version); }

std::string Garbage(GarbageKind kind, LogIndex made_at, const VersionId& version) {
  const bool seen = kind == GarbageKind::kSeen;
  std::string key = Key(seen ? Table::kGarbage : Table::kUnseenGarbage, made_at.value);
  AppendVersionId(version, &key);
  return key;
}

std::string GarbageIndex(const VersionId& version) { return Key(Table::kGarbageIndex, version); }
std::string Session(SessionId session) { return Key(Table::kSession, session.value); }
std::string ClosedSession(SessionId session) { return Key(Table::kClosedSession, session.value); }

std::string RetiredSession(uint64_t closed_us, SessionId session) {
  return Key(Table::kRetiredSession, closed_us, session.value);
}

std::string Sequence(SessionId session, uint64_t sequence) {
  return Key(Table::kSequence, session.value, sequence);
}

std::string Operation(SessionId session, uint64_t counter) {
  return Key(Table::kOperation, session.value, counter);
}

KeyRange All(Table table) {
  return {Key(table), std::string(1, static_cast<char>(static_cast<uint8_t>(table) + 1))};
}

KeyRange RowsOf(Table table, BucketId bucket) {
  const std::string from = Key(table, bucket.value);
  return {from, PrefixSuccessor(from)};
}

KeyRange RowsOf(Table table, BucketId bucket, absl::string_view key) {
  const std::string from = Name(table, bucket, key);
  return {from, PrefixSuccessor(from)};
}

KeyRange NumbersOf(Table table, SessionId session, uint64_t from, uint64_t to) {
  return {Key(table, session.value, from), Key(table, session.value, to)};
}

KeyRange AllNumbersOf(Table table, SessionId session) {
  const std::string from = Key(table, session.value);
  return {from, PrefixSuccessor(from)};
}

std::string NamesFrom(Table table, BucketId bucket, absl::string_view key) {
  std::string row_key = Key(table, bucket.value);
  row_key.append(key.data(), key.size());
  return row_key;
}

std::string NamesAfter(Table table, BucketId bucket, absl::string_view key) {
  // The name `key` itself ends with a NUL; 0x01 is the least that a longer one can go on with.
  std::string row_key = NamesFrom(table, bucket, key);
  row_key.push_back('\x01');
  return row_key;
}

std::string NamesAfterPrefix(Table table, BucketId bucket, absl::string_view prefix) {
  return PrefixSuccessor(NamesFrom(table, bucket, prefix));
}

absl::string_view NameOf(absl::string_view row_key) {
  const size_t end = row_key.find('\0', kNameOffset);
  TREBOL_CHECK(end != absl::string_view::npos);
  return row_key.substr(kNameOffset, end - kNameOffset);
}

VersionId UploadOf(absl::string_view row_key) {
  TREBOL_CHECK(row_key.size() > kVersionIdSize);
  return DecodeVersionId(row_key.substr(row_key.size() - kVersionIdSize));
}

BucketId BucketOf(absl::string_view row_key) {
  TREBOL_CHECK(row_key.size() > kNameOffset);
  return BucketId(LoadBigEndian64(row_key.data() + 1));
}

VersionId ExtentOf(absl::string_view row_key) {
  TREBOL_CHECK(row_key.size() == 1 + kVersionIdSize);
  return DecodeVersionId(row_key.substr(1));
}

VersionId UploadOfPart(absl::string_view row_key) {
  TREBOL_CHECK(row_key.size() == 1 + kVersionIdSize + sizeof(uint32_t));
  return DecodeVersionId(row_key.substr(1, kVersionIdSize));
}

uint32_t PartNumberOf(absl::string_view row_key) {
  TREBOL_CHECK(row_key.size() > sizeof(uint32_t));
  return LoadBigEndian32(row_key.data() + row_key.size() - sizeof(uint32_t));
}

uint64_t LastNumberOf(absl::string_view row_key) {
  TREBOL_CHECK(row_key.size() > sizeof(uint64_t));
  return LoadBigEndian64(row_key.data() + row_key.size() - sizeof(uint64_t));
}

std::string PrefixSuccessor(absl::string_view prefix) {
  std::string successor(prefix);
  while (!successor.empty()) {
    const auto last = static_cast<uint8_t>(successor.back());
    if (last != 0xFF) {
      successor.back() = static_cast<char>(last + 1);
      return successor;
    }
    successor.pop_back();
  }
  return successor;
}

}  // namespace trebol::row_keys
