#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "metadata/state/metadata_store.h"
#include "metadata/state/rows.h"
#include "tests/testing/memory_transaction.h"
#include "tests/testing/temporary_directory.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

// What a scan that skips every row after one that ends with 'c' up to the next letter visits.
Rows Visit(const RowReader& rows, const std::string& from, const std::string& to) {
  Rows visited;
  const absl::Status status =
      rows.Scan(from, to, [&](absl::string_view key, absl::string_view value) {
        visited.emplace_back(key, value);
        if (visited.size() == 20) return ScanStep::Stop();
        if (key.back() != 'c') return ScanStep::Next();
        return ScanStep::SeekTo(std::string(1, static_cast<char>(key[0] + 1)));
      });
  RC_ASSERT(status.ok());
  return visited;
}

Rows AllOf(const RowReader& rows) {
  Rows all;
  const absl::Status status =
      rows.Scan("", "e", [&](absl::string_view key, absl::string_view value) {
        all.emplace_back(key, value);
        return ScanStep::Next();
      });
  RC_ASSERT(status.ok());
  return all;
}

rc::Gen<std::string> Keys() {
  return rc::gen::nonEmpty(
      rc::gen::container<std::string>(rc::gen::elementOf(std::string("abcd"))));
}

// RocksTransaction and its twin are told apart by nothing: the tests of the catalog may use either.
RC_GTEST_PROP(RocksTransaction, DoesWhatItsTwinDoes, ()) {
  // One store for all cases: opening one costs more than a case.
  static const testing::TemporaryDirectory directory;
  static const auto store = MetadataStore::Open({.directory = directory.path()});
  RC_ASSERT(store.ok());
  {
    auto clean = (*store)->Begin();
    for (const auto& [key, value] : AllOf(*(*store)->Snapshot())) {
      RC_ASSERT(clean->Delete(key).ok());
    }
    RC_ASSERT(clean->Commit().ok());
  }
  testing::MemoryTransaction twin;
  testing::MemoryTransaction at_savepoint;
  auto rows = (*store)->Begin();
  rows->SetSavepoint();
  const int steps = *rc::gen::inRange(0, 60);
  for (int i = 0; i < steps; ++i) {
    const std::string key = *Keys();
    switch (*rc::gen::inRange(0, 8)) {
      case 0:
      case 1:
      case 2:
        RC_ASSERT(rows->Put(key, std::to_string(i)).ok());
        RC_ASSERT(twin.Put(key, std::to_string(i)).ok());
        break;
      case 3:
        RC_ASSERT(rows->Delete(key).ok());
        RC_ASSERT(twin.Delete(key).ok());
        break;
      case 4:
        rows->RollBack();
        twin = at_savepoint;
        rows->SetSavepoint();
        break;
      case 5:
        rows->Keep();
        at_savepoint = twin;
        rows->SetSavepoint();
        break;
      case 6:
        rows->Keep();
        RC_ASSERT(rows->Commit().ok());
        RC_ASSERT(Visit(*(*store)->Snapshot(), "", "e") == Visit(twin, "", "e"));
        rows = (*store)->Begin();
        rows->SetSavepoint();
        at_savepoint = twin;
        break;
      default: {
        const std::string to = *Keys();
        RC_ASSERT(Visit(*rows, key, to) == Visit(twin, key, to));
      }
    }
    RC_ASSERT(*rows->Get(key) == *twin.Get(key));
  }
  RC_ASSERT(Visit(*rows, "", "e") == Visit(twin, "", "e"));
}

TEST(Rows, OfANewerReleaseStopWithAClearText) {
  testing::MemoryTransaction rows;
  ASSERT_TRUE(rows.Put("key", std::string("\x02zzz")).ok());
  const absl::Status status = GetRow<v1::BucketRow>(rows, "key").status();
  EXPECT_EQ(ReasonOf(status), v1::UNSUPPORTED_FORMAT);
  ASSERT_TRUE(rows.Put("key", std::string("\x01\xFF")).ok());
  EXPECT_EQ(GetRow<v1::BucketRow>(rows, "key").status().code(), absl::StatusCode::kDataLoss);
  ASSERT_TRUE(rows.Put("key", "").ok());
  EXPECT_EQ(GetRow<v1::BucketRow>(rows, "key").status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace trebol
