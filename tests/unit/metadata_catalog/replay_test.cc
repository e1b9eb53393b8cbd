#include <map>
#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "metadata/catalog/catalog.h"
#include "metadata/log/local_log.h"
#include "metadata/state/metadata_store.h"
#include "tests/testing/metadata_commands.h"
#include "tests/testing/temporary_directory.h"

namespace trebol {
namespace {

using Dump = std::map<std::string, std::string>;

std::unique_ptr<MetadataStore> OpenStore(const std::string& directory) {
  return *MetadataStore::Open({.directory = directory});
}

Dump DumpOf(const std::string& directory) {
  Dump dump;
  const auto store = OpenStore(directory);
  EXPECT_TRUE(store->Snapshot()
                  ->Scan("", "\xFF",
                         [&](absl::string_view key, absl::string_view value) {
                           dump.emplace(key, value);
                           return ScanStep::Next();
                         })
                  .ok());
  return dump;
}

std::vector<LogRecord> LogOf(const std::string& directory) {
  const auto store = OpenStore(directory);
  return *(*LocalLog::Open(store->db(), store->log_family()))->Read(LogIndex(1), 10'000);
}

std::unique_ptr<Catalog> OpenCatalog(const std::string& directory) {
  Catalog::Options options;
  options.directory = directory;
  options.constants.set_partitions(16);
  auto catalog = Catalog::Open(options);
  EXPECT_TRUE(catalog.ok()) << catalog.status();
  return catalog.ok() ? *std::move(catalog) : nullptr;
}

// A bit of everything, over two starts.
void MakeHistory(const std::string& directory) {
  for (uint64_t start = 0; start < 2; ++start) {
    const auto catalog = OpenCatalog(directory);
    ASSERT_TRUE(catalog->BeginTerm().ok());
    const uint64_t session = 10 + start;
    const auto run = [&](const v1::Command& command) {
      const auto result = catalog->Submit(command);
      EXPECT_TRUE(result.ok()) << result.status();
      return result->outcome;
    };
    run(testing::OpenSession(session));
    const std::string bucket = "bucket" + std::to_string(start);
    run(testing::CreateBucket({session, 1}, bucket));
    run(testing::RegisterNode(70 + start));
    for (uint64_t i = 1; i <= 20; ++i) {
      const VersionId version{catalog->identity().generation, SessionId(session), i};
      run(testing::PutObject({session, 10 + i}, bucket, "k" + std::to_string(i % 7), version,
                             1000 * i));
      if (i % 5 == 0) run(testing::DeleteObject({session, 100 + i}, bucket, "k1"));
    }
    run(testing::AbandonVersion({catalog->identity().generation, SessionId(session), 30}, 3, 3000));
    run(testing::RenewSession(session, 1, 25, {22}, 15, {12}, 5));
    run(testing::CloseSession(session));
  }
}

TEST(Replay, GivesTheSameStateToTheLastByte) {
  const testing::TemporaryDirectory original;
  MakeHistory(original.path());
  const Dump expected = DumpOf(original.path());
  const std::vector<LogRecord> log = LogOf(original.path());
  ASSERT_GT(log.size(), 50u);

  // Crashes between appends and their effects: the log has one to nine entries that the rows have
  // not.
  const testing::TemporaryDirectory copy;
  for (size_t next = 0, count = 1; next < log.size(); count = count % 9 + 1) {
    {
      const auto store = OpenStore(copy.path());
      const auto opened = LocalLog::Open(store->db(), store->log_family());
      for (size_t i = 0; i < count && next < log.size(); ++i, ++next) {
        ASSERT_TRUE((*opened)->Append(LogIndex(next), log[next].entry).ok());
      }
    }
    const auto catalog = OpenCatalog(copy.path());
    ASSERT_NE(catalog, nullptr);
    EXPECT_EQ(catalog->head().index(), next);
  }
  EXPECT_EQ(DumpOf(copy.path()), expected);

  // And all at once.
  const testing::TemporaryDirectory whole;
  {
    const auto store = OpenStore(whole.path());
    const auto opened = LocalLog::Open(store->db(), store->log_family());
    for (const LogRecord& record : log) {
      ASSERT_TRUE((*opened)->Append(LogIndex(record.index.value - 1), record.entry).ok());
    }
  }
  ASSERT_NE(OpenCatalog(whole.path()), nullptr);
  EXPECT_EQ(DumpOf(whole.path()), expected);
}

}  // namespace
}  // namespace trebol
