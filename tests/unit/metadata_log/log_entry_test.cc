#include "metadata/log/log_entry.h"

#include "absl/strings/escaping.h"
#include "common/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

v1::LogEntry Entry() {
  v1::LogEntry entry;
  entry.set_format(kLogEntryFormat);
  entry.set_index(5);
  entry.set_predecessor_hash("0123456789abcdef");
  return entry;
}

absl::StatusOr<v1::LogEntry> Parse(const v1::LogEntry& entry) {
  return ParseEntry(LogIndex(5), entry.SerializeAsString(), "0123456789abcdef");
}

TEST(LogEntry, IsAcceptedWhereItBelongs) {
  const auto parsed = Parse(Entry());
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->index(), 5u);
}

TEST(LogEntry, OfANewerReleaseStopsWithAClearText) {
  v1::LogEntry entry = Entry();
  entry.set_format(kLogEntryFormat + 1);
  const absl::Status status = Parse(entry).status();
  EXPECT_EQ(ReasonOf(status), v1::UNSUPPORTED_FORMAT);
  EXPECT_THAT(std::string(status.message()), HasSubstr("entry 5 of the metadata log has format"));
}

TEST(LogEntry, IsRefusedAtAnotherPlaceOrAfterAnotherEntry) {
  v1::LogEntry entry = Entry();
  entry.set_index(6);
  EXPECT_EQ(Parse(entry).status().code(), absl::StatusCode::kDataLoss);
  entry = Entry();
  entry.set_predecessor_hash("fedcba9876543210");
  EXPECT_EQ(Parse(entry).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ParseEntry(LogIndex(5), "\xFF\xFF", "").status().code(), absl::StatusCode::kDataLoss);
}

TEST(LogEntry, HashIsXxh3Of128BitsInCanonicalForm) {
  // XXH3_128bits of nothing, as the reference implementation publishes it.
  EXPECT_EQ(absl::BytesToHexString(HashEntry("")), "99aa06d3014798d86001c324468d497f");
  EXPECT_NE(HashEntry("a"), HashEntry("b"));
}

}  // namespace
}  // namespace trebol
