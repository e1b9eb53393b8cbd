#include "metadata/state/row_keys.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"

namespace trebol {
namespace {

// Keys over few characters, so that prefixes and neighbours are common.
rc::Gen<std::string> Keys() {
  return rc::gen::container<std::string>(
      rc::gen::elementOf(std::string("\x01/0ab\x7F\xC3\xA9\xFF")));
}

RC_GTEST_PROP(RowKeys, SortObjectsAsTheirKeysDo, ()) {
  const std::string a = *Keys();
  const std::string b = *Keys();
  RC_ASSERT((a < b) == (row_keys::Object(BucketId(1), a) < row_keys::Object(BucketId(1), b)));
  RC_ASSERT(row_keys::Object(BucketId(1), a) < row_keys::Object(BucketId(2), b));
  RC_ASSERT(row_keys::NameOf(row_keys::Object(BucketId(9), a)) == a);
}

RC_GTEST_PROP(RowKeys, BoundTheObjectsThatTheySay, ()) {
  const BucketId bucket(7);
  const std::string bound = *Keys();
  const std::string key = *Keys();
  const std::string row = row_keys::Object(bucket, key);
  RC_ASSERT((row >= row_keys::NamesFrom(Table::kObject, bucket, bound)) == (key >= bound));
  RC_ASSERT((row >= row_keys::NamesAfter(Table::kObject, bucket, bound)) == (key > bound));
  const bool beyond = key > bound && !absl::StartsWith(key, bound);
  RC_ASSERT((row >= row_keys::NamesAfterPrefix(Table::kObject, bucket, bound)) == beyond);
  const KeyRange all = row_keys::RowsOf(Table::kObject, bucket);
  RC_ASSERT(all.from <= row && row < all.to);
  RC_ASSERT(row_keys::Object(BucketId(8), key) >= all.to);
}

RC_GTEST_PROP(RowKeys, SortNumbersOfASession, (uint64_t a, uint64_t b, uint64_t session)) {
  const SessionId id(session);
  RC_ASSERT((a < b) == (row_keys::Sequence(id, a) < row_keys::Sequence(id, b)));
  RC_ASSERT(row_keys::LastNumberOf(row_keys::Operation(id, a)) == a);
  const KeyRange range = row_keys::NumbersOf(Table::kSequence, id, a, b);
  const std::string middle = row_keys::Sequence(id, a + (b - a) / 2);
  RC_ASSERT((range.from <= middle && middle < range.to) == (a < b));
}

TEST(RowKeys, PrefixSuccessorIsTheLeastAboveAllWithThePrefix) {
  EXPECT_EQ(row_keys::PrefixSuccessor("a"), "b");
  EXPECT_EQ(row_keys::PrefixSuccessor("a\xFF\xFF"), "b");
  EXPECT_EQ(row_keys::PrefixSuccessor("\xFF"), "");
  EXPECT_EQ(row_keys::PrefixSuccessor(""), "");
}

TEST(RowKeys, OfTablesDoNotMix) {
  const KeyRange buckets = row_keys::All(Table::kBucket);
  EXPECT_LT(buckets.from, row_keys::Bucket("abc"));
  EXPECT_LT(row_keys::Bucket("zzz"), buckets.to);
  EXPECT_GE(row_keys::Object(BucketId(0), ""), buckets.to);
}

}  // namespace
}  // namespace trebol
