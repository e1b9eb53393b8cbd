#include <stdlib.h>

#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "common/base/proto_ids.h"
#include "gtest/gtest.h"
#include "metadata/catalog/catalog.h"
#include "tests/testing/metadata_commands.h"
#include "tests/testing/simulated_disk.h"

namespace trebol {
namespace {

constexpr char kDirectory[] = "/metadata";
constexpr int kCuts = 300;
constexpr int kKeys = 5;

/// Puts and deletes on a few keys of a catalog whose disk loses power, over many starts. Outside
/// the disk it knows what was acknowledged.
class PowerCuts {
 public:
  explicit PowerCuts(uint64_t seed) : random_(seed) {}

  void Run() {
    for (int cut = 0; cut < kCuts && !::testing::Test::HasFatalFailure(); ++cut) {
      disk_.CutPowerAfter(1 + random_() % 250);
      Live();
      catalog_.reset();
      disk_.CutPower();
      disk_.RestorePower(random_());
      Check();
      catalog_.reset();
    }
    std::cout << kCuts << " cuts, " << acknowledged_ << " acknowledged commands, " << unknown_
              << " unknown ones, of which " << unknown_happened_ << " had happened\n";
    EXPECT_GT(acknowledged_, kCuts / 2);
    EXPECT_GT(unknown_, kCuts / 10) << "no cut hit a command: the test proves nothing";
  }

 private:
  /// What a key may name: the version of the last acknowledged command, or that of the one whose
  /// outcome is unknown. 0: nothing.
  struct Expected {
    uint64_t acknowledged = 0;
    std::optional<uint64_t> unknown;
  };

  absl::Status Open() {
    catalog_.reset();
    Catalog::Options options;
    options.directory = kDirectory;
    options.env = disk_.rocksdb_env();
    auto opened = Catalog::Open(options);
    if (!opened.ok()) return opened.status();
    catalog_ = *std::move(opened);
    return catalog_->BeginTerm();
  }

  void Live() {
    if (!Open().ok()) return;
    // A new session for every start, as gateways do.
    const uint64_t session = ++session_;
    if (!catalog_->Submit(testing::OpenSession(session)).ok()) return;
    if (!has_bucket_) {
      const auto made = catalog_->Submit(testing::CreateBucket({session, 1}, "bucket"));
      if (!made.ok()) return;
      // After an unknown outcome of an earlier start it is there already.
      v1::LookupBucketRequest request;
      request.set_bucket("bucket");
      const auto found = catalog_->LookupBucket(request);
      ASSERT_TRUE(found.ok()) << found.status();
      has_bucket_ = true;
    }
    for (uint64_t i = 2; i < 200; ++i) {
      const int key = static_cast<int>(random_() % kKeys);
      const bool put = random_() % 4 != 0;
      const uint64_t version = put ? ++sequence_ : 0;
      const v1::Command command =
          put ? testing::PutObject({session, i}, "bucket", Key(key),
                                   {catalog_->identity().generation, SessionId(session), version},
                                   100)
              : testing::DeleteObject({session, i}, "bucket", Key(key));
      const auto result = catalog_->Submit(command);
      if (!result.ok()) {
        ++unknown_;
        keys_[key].unknown = version;
        return;
      }
      ++acknowledged_;
      keys_[key] = {version, std::nullopt};
      position_ = result->position;
    }
  }

  void Check() {
    const absl::Status opened = Open();
    ASSERT_TRUE(opened.ok()) << opened;
    EXPECT_TRUE(*catalog_->HistoryHas(position_)) << "an acknowledged entry is gone";
    uint64_t count = 0;
    for (auto& [key, expected] : keys_) {
      v1::LookupObjectRequest request;
      request.set_bucket("bucket");
      request.set_key(Key(key));
      const auto found = catalog_->LookupObject(request);
      const uint64_t version = found.ok() ? found->object().manifest().version().sequence() : 0;
      if (version != 0) ++count;
      if (expected.unknown.has_value() && version == *expected.unknown) {
        ++unknown_happened_;
        expected.acknowledged = version;
      }
      EXPECT_EQ(version, expected.acknowledged) << Key(key);
      expected.unknown.reset();
    }
    EXPECT_EQ(catalog_->Cluster()->objects(), count);
    position_ = catalog_->head();
  }

  static std::string Key(int key) { return "key" + std::to_string(key); }

  std::mt19937_64 random_;
  SimulatedDisk disk_;
  std::unique_ptr<Catalog> catalog_;
  std::map<int, Expected> keys_;
  v1::LogPosition position_;
  bool has_bucket_ = false;
  uint64_t session_ = 0;
  uint64_t sequence_ = 0;
  int acknowledged_ = 0;
  int unknown_ = 0;
  int unknown_happened_ = 0;
};

TEST(MetadataPowerCut, LosesNothingThatWasAcknowledged) {
  const char* given = getenv("TREBOL_SEED");
  const uint64_t seed = given != nullptr ? strtoull(given, nullptr, 10) : std::random_device()();
  std::cout << "seed " << seed << "; replay with TREBOL_SEED=" << seed << "\n";
  PowerCuts(seed).Run();
}

}  // namespace
}  // namespace trebol
