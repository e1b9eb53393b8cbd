#include "metadata/catalog/commands.h"

#include <string>

#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/proto_ids.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/reads.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"
#include "tests/testing/catalog_invariants.h"
#include "tests/testing/memory_catalog.h"
#include "tests/testing/metadata_commands.h"

namespace trebol::catalog {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kSession = 7;
constexpr uint64_t kOther = 8;
constexpr uint64_t kClient = 9;

class CommandsTest : public ::testing::Test {
 protected:
  CommandsTest() {
    catalog_.Must(testing::OpenSession(kSession));
    catalog_.Must(testing::OpenSession(kOther));
    catalog_.Must(testing::OpenSession(kClient, v1::OpenSessionCommand::CLIENT));
    bucket_ = catalog_.Must(testing::CreateBucket({kSession, 1000}, "bucket")).bucket().id();
  }
  static VersionId Version(uint64_t sequence, uint64_t session = kSession) {
    return testing::MemoryCatalog::Version(session, sequence);
  }
  v1::Command Put(testing::Operation operation, const std::string& key, const VersionId& version,
                  uint64_t size = 5000) {
    return testing::PutObject(operation, "bucket", key, version, size);
  }
  ErrorReason Refusal(const v1::Command& command) {
    const auto outcome = catalog_.Run(command);
    EXPECT_FALSE(outcome.ok());
    return ReasonOf(outcome.status());
  }

  testing::MemoryCatalog catalog_;
  uint64_t bucket_ = 0;
};

TEST_F(CommandsTest, RepeatedPutGetsTheSameOutcomeThroughAnotherGateway) {
  const v1::Outcome first = catalog_.Must(Put({kClient, 1}, "k", Version(1)));
  const v1::Outcome repeat = catalog_.Must(Put({kClient, 1}, "k", Version(1, kOther)));
  EXPECT_EQ(first.SerializeAsString(), repeat.SerializeAsString());
  EXPECT_EQ(catalog_.Totals().objects(), 1u);
  // The second attempt's chunks are garbage, decided with it.
  EXPECT_EQ(catalog_.Totals().garbage_versions(), 1u);
  EXPECT_EQ(Refusal(Put({kClient, 2}, "k", Version(1, kOther))), v1::VERSION_ABANDONED);
}

TEST_F(CommandsTest, OverwritingReleasesTheOldVersionAtThatEntry) {
  catalog_.Must(Put({kClient, 1}, "k", Version(1), 5000));
  catalog_.Must(Put({kClient, 2}, "k", Version(2), 100));
  EXPECT_EQ(catalog_.Totals().objects(), 1u);
  EXPECT_EQ(catalog_.Totals().object_bytes(), 100u);
  const auto garbage =
      ReadGarbage(catalog_.rows(), GarbageKind::kSeen, {}, LogIndex(catalog_.head()), 10);
  ASSERT_EQ(garbage->size(), 1u);
  EXPECT_EQ(garbage->front().made_at(), catalog_.head());
  EXPECT_EQ(garbage->front().chunks(), 5u);
  EXPECT_EQ(garbage->front().bytes(), 3 * 5000u);
  EXPECT_EQ(VersionIdOf(garbage->front().version()), Version(1));
}

TEST_F(CommandsTest, PutIntoADeletedBucketIsDecidedAndItsVersionAbandoned) {
  catalog_.Must(testing::DeleteBucket({kClient, 1}, "bucket"));
  const v1::Outcome outcome = catalog_.Must(Put({kClient, 2}, "k", Version(1)));
  EXPECT_EQ(outcome.error().reason(), v1::BUCKET_NOT_FOUND);
  EXPECT_EQ(outcome.error().code(), static_cast<int>(absl::StatusCode::kNotFound));
  EXPECT_EQ(catalog_.Totals().garbage_versions(), 1u);
  // Also when a bucket of the same name exists again.
  catalog_.Must(testing::CreateBucket({kClient, 3}, "bucket"));
  const v1::Outcome repeat = catalog_.Must(Put({kClient, 2}, "k", Version(2)));
  EXPECT_EQ(repeat.error().reason(), v1::BUCKET_NOT_FOUND);
}

TEST_F(CommandsTest, AbandonedVersionIsNeverCommitted) {
  catalog_.Must(testing::AbandonVersion(Version(1), 5, 5000));
  EXPECT_EQ(Refusal(Put({kClient, 1}, "k", Version(1))), v1::VERSION_ABANDONED);
  // The operation was not decided by that: another attempt may succeed.
  EXPECT_TRUE(catalog_.Must(Put({kClient, 1}, "k", Version(2))).has_object());
}

TEST_F(CommandsTest, GarbageThatNeverWasAnObjectIsOfAKindOfItsOwn) {
  const auto kinds = [this] {
    std::vector<size_t> sizes;
    for (const GarbageKind kind : {GarbageKind::kSeen, GarbageKind::kUnseen}) {
      sizes.push_back(
          ReadGarbage(catalog_.rows(), kind, {}, LogIndex(catalog_.head()), 10)->size());
    }
    return sizes;
  };
  catalog_.Must(Put({kClient, 1}, "k", Version(1)));
  catalog_.Must(Put({kClient, 2}, "k", Version(2)));  // replaces the first
  EXPECT_EQ(kinds(), (std::vector<size_t>{1, 0}));
  catalog_.Must(testing::AbandonVersion(Version(3), 1, 10));
  catalog_.Must(Put({kClient, 2}, "k", Version(1, kOther)));  // a repeat's second attempt
  EXPECT_EQ(kinds(), (std::vector<size_t>{1, 2}));
  // What was an object stays of its kind, whoever offers it.
  catalog_.Must(testing::RegisterNode(1));
  catalog_.Must(testing::OfferVersion(1, Version(1), 10));
  EXPECT_EQ(kinds(), (std::vector<size_t>{1, 2}));
  v1::Command finish;
  for (const GarbageKind kind : {GarbageKind::kSeen, GarbageKind::kUnseen}) {
    const auto rows = ReadGarbage(catalog_.rows(), kind, {}, LogIndex(catalog_.head()), 10);
    for (const v1::GarbageRow& row : *rows) {
      auto& entry = *finish.mutable_finish_garbage()->add_entries();
      entry.set_index(row.made_at());
      *entry.mutable_version() = row.version();
    }
  }
  v1::Command late = finish;  // of an earlier place of the version
  late.mutable_finish_garbage()->mutable_entries(0)->set_index(1);
  late.mutable_finish_garbage()->mutable_entries()->DeleteSubrange(1, 2);
  catalog_.Must(late);
  EXPECT_EQ(kinds(), (std::vector<size_t>{1, 2}));
  catalog_.Must(finish);
  catalog_.Must(finish);
  EXPECT_EQ(kinds(), (std::vector<size_t>{0, 0}));
  EXPECT_EQ(catalog_.Totals().garbage_versions(), 0u);
  EXPECT_EQ(catalog_.Totals().garbage_bytes(), 0u);
}

TEST_F(CommandsTest, AbandonAfterCommitSaysWhatItCameTo) {
  catalog_.Must(Put({kClient, 1}, "k", Version(1)));
  const auto outcome = catalog_.Must(testing::AbandonVersion(Version(1), 5, 5000));
  EXPECT_TRUE(outcome.abandon_version().committed());
  EXPECT_EQ(outcome.abandon_version().outcome().object().key(), "k");
  EXPECT_EQ(catalog_.Totals().garbage_versions(), 0u);
}

TEST_F(CommandsTest, AbandonWithoutChunksMakesNoGarbage) {
  catalog_.Must(testing::AbandonVersion(Version(1), 0, 0));
  EXPECT_EQ(catalog_.Totals().garbage_versions(), 0u);
}

TEST_F(CommandsTest, NumbersThatCannotBeSpoilNoTotal) {
  const uint64_t most = ~uint64_t{0};
  catalog_.Must(testing::AbandonVersion(Version(1), 1, most));
  catalog_.Must(testing::AbandonVersion(Version(2), most, 1));
  EXPECT_EQ(catalog_.Totals().garbage_bytes(), 3 * (kMaxObjectSize + 1));
  catalog_.Must(testing::RegisterNode(1));
  catalog_.Must(testing::CloseSession(kOther));
  catalog_.Must(testing::OfferVersion(1, Version(1, kOther), most));
  EXPECT_EQ(catalog_.Totals().garbage_bytes(), 4 * kMaxObjectSize + 3);
  EXPECT_TRUE(testing::CheckCatalog(catalog_.rows()).ok());
}

TEST_F(CommandsTest, EachDecidesThatItsBucketDoesNotExist) {
  catalog_.Must(Put({kClient, 1}, "k", Version(1)));
  std::vector<v1::Command> commands;
  const auto add = [&](auto mutable_command) -> auto& {
    auto& command = *(commands.emplace_back().*mutable_command)();
    command.mutable_operation()->set_session(kClient);
    command.mutable_operation()->set_counter(100 + commands.size());
    command.set_bucket("nowhere");
    return command;
  };
  const auto manifest = [this](uint64_t sequence, v1::Manifest* manifest) {
    *manifest = Put({}, "k", Version(sequence)).put_object().manifest();
  };
  auto& put = add(&v1::Command::mutable_put_object);
  put.set_key("k");
  manifest(10, put.mutable_manifest());
  add(&v1::Command::mutable_delete_object).set_key("k");
  add(&v1::Command::mutable_delete_objects).add_entries()->set_key("k");
  add(&v1::Command::mutable_set_object_tags).set_key("k");
  for (const bool source_missing : {false, true}) {
    auto& copy = add(&v1::Command::mutable_copy_object);
    if (source_missing) copy.set_bucket("bucket");
    copy.set_source_bucket(source_missing ? "nowhere" : "bucket");
    copy.set_source_key("k");
    copy.set_key("k2");
    *copy.mutable_version() = ToProto(Version(source_missing ? 12 : 11));
  }
  auto& create = add(&v1::Command::mutable_create_upload);
  create.set_key("k");
  *create.mutable_upload() = ToProto(Version(13));
  auto& part = add(&v1::Command::mutable_put_part);
  part.set_key("k");
  part.set_number(1);
  *part.mutable_upload() = ToProto(Version(13));
  manifest(14, part.mutable_manifest());
  auto& complete = add(&v1::Command::mutable_complete_upload);
  complete.set_key("k");
  *complete.mutable_upload() = ToProto(Version(13));
  manifest(13, complete.mutable_manifest());
  complete.mutable_manifest()->set_parts("\1");
  auto& abort = add(&v1::Command::mutable_abort_upload);
  abort.set_key("k");
  *abort.mutable_upload() = ToProto(Version(13));

  for (int repeat = 0; repeat < 2; ++repeat) {
    for (const v1::Command& command : commands) {
      const v1::Outcome outcome = catalog_.Must(command);
      EXPECT_EQ(outcome.error().reason(), v1::BUCKET_NOT_FOUND) << command.ShortDebugString();
      EXPECT_THAT(outcome.error().message(), HasSubstr("'nowhere'"));
    }
    // Even if it comes to be meanwhile: that was decided.
    catalog_.Must(testing::CreateBucket({kClient, 2}, "nowhere"));
  }
  EXPECT_TRUE(testing::CheckCatalog(catalog_.rows()).ok());
}

TEST_F(CommandsTest, DeletesFromANumberThatNoneHasAreRefused) {
  v1::Command command;
  v1::DeleteObjectsCommand& remove = *command.mutable_delete_objects();
  remove.mutable_operation()->set_session(kClient);
  remove.mutable_operation()->set_counter(1);
  remove.set_bucket("bucket");
  for (const char* key : {"a", "b"}) remove.add_entries()->set_key(key);
  for (const uint32_t first : {1u, 1u << 31, ~0u}) {
    remove.set_first(first);
    EXPECT_EQ(Refusal(command), v1::INVALID_ARGUMENT) << first;
  }
}

TEST_F(CommandsTest, EmptyObjectMakesNoGarbage) {
  catalog_.Must(Put({kClient, 1}, "k", Version(1), 0));
  EXPECT_TRUE(
      catalog_.Must(testing::DeleteObject({kClient, 2}, "bucket", "k")).delete_object().existed());
  EXPECT_EQ(catalog_.Totals().garbage_versions(), 0u);
  EXPECT_EQ(catalog_.Totals().objects(), 0u);
}

TEST_F(CommandsTest, CommitOfAClosedSessionIsRefused) {
  catalog_.Must(testing::CloseSession(kSession));
  EXPECT_EQ(Refusal(Put({kClient, 1}, "k", Version(1))), v1::SESSION_CLOSED);
  EXPECT_EQ(Refusal(Put({kClient, 1}, "k", Version(1, 999))), v1::SESSION_UNKNOWN);
}

TEST_F(CommandsTest, RepeatAfterTheGatewaysSessionClosedGetsTheOutcome) {
  const v1::Outcome first = catalog_.Must(Put({kSession, 1}, "k", Version(1)));
  catalog_.Must(testing::CloseSession(kSession));
  EXPECT_EQ(catalog_.Must(Put({kSession, 1}, "k", Version(1))).SerializeAsString(),
            first.SerializeAsString());
  // What was not decided by then never will be.
  EXPECT_EQ(Refusal(Put({kSession, 2}, "k", Version(2, kOther))), v1::SESSION_CLOSED);
}

TEST_F(CommandsTest, RefusesVersionsOfOthers) {
  VersionId version = Version(1);
  version.generation = Generation(1);
  EXPECT_EQ(Refusal(Put({kClient, 1}, "k", version)), v1::WRONG_GENERATION);
  EXPECT_EQ(Refusal(Put({kClient, 1}, "k", Version(1, kClient))), v1::INVALID_ARGUMENT);
  catalog_.Must(Put({kClient, 1}, "k", Version(1)));
  EXPECT_EQ(Refusal(Put({kClient, 2}, "k", Version(1))), v1::INVALID_ARGUMENT);
}

TEST_F(CommandsTest, RefusesAnOperationIdOfAnotherCall) {
  catalog_.Must(Put({kClient, 1}, "k", Version(1)));
  EXPECT_EQ(Refusal(testing::DeleteObject({kClient, 1}, "bucket", "k")), v1::INVALID_ARGUMENT);
  EXPECT_EQ(Refusal(testing::DeleteObject({0, 1}, "bucket", "k")), v1::INVALID_ARGUMENT);
}

TEST_F(CommandsTest, OperationOfAnUnknownSessionIsUnknownNotFailed) {
  const auto outcome = catalog_.Run(testing::DeleteObject({12345, 1}, "bucket", "k"));
  EXPECT_EQ(ReasonOf(outcome.status()), v1::OPERATION_UNKNOWN);
  EXPECT_TRUE(IsAmbiguous(outcome.status()));
}

TEST_F(CommandsTest, BucketErrorsAreDecided) {
  EXPECT_EQ(catalog_.Must(testing::CreateBucket({kClient, 1}, "bucket")).error().reason(),
            v1::BUCKET_ALREADY_EXISTS);
  catalog_.Must(Put({kClient, 2}, "k", Version(1)));
  EXPECT_EQ(catalog_.Must(testing::DeleteBucket({kClient, 3}, "bucket")).error().reason(),
            v1::BUCKET_NOT_EMPTY);
  catalog_.Must(testing::DeleteObject({kClient, 4}, "bucket", "k"));
  // A repeat gets the decided error, though it would work now.
  EXPECT_EQ(catalog_.Must(testing::DeleteBucket({kClient, 3}, "bucket")).error().reason(),
            v1::BUCKET_NOT_EMPTY);
  EXPECT_TRUE(catalog_.Must(testing::DeleteBucket({kClient, 5}, "bucket")).has_bucket());
  EXPECT_EQ(catalog_.Must(testing::CreateBucket({kClient, 1}, "bucket")).error().reason(),
            v1::BUCKET_ALREADY_EXISTS);
  EXPECT_EQ(catalog_.Must(testing::DeleteBucket({kClient, 6}, "bucket")).error().reason(),
            v1::BUCKET_NOT_FOUND);
}

TEST_F(CommandsTest, BucketIdsAreNeverReused) {
  catalog_.Must(testing::DeleteBucket({kClient, 1}, "bucket"));
  const uint64_t again = catalog_.Must(testing::CreateBucket({kClient, 2}, "bucket")).bucket().id();
  EXPECT_GT(again, bucket_);
}

TEST_F(CommandsTest, NameTheBucketThatThereIsWhenTheyAreCarriedOut) {
  catalog_.Must(Put({kClient, 1}, "k", Version(1)));
  catalog_.Must(testing::DeleteObject({kClient, 2}, "bucket", "k"));
  catalog_.Must(testing::DeleteBucket({kClient, 3}, "bucket"));
  const v1::Outcome between = catalog_.Must(Put({kClient, 4}, "k", Version(2)));
  EXPECT_EQ(between.error().reason(), v1::BUCKET_NOT_FOUND);
  EXPECT_THAT(between.error().message(), HasSubstr("'bucket'"));
  const uint64_t again = catalog_.Must(testing::CreateBucket({kClient, 5}, "bucket")).bucket().id();
  catalog_.Must(Put({kClient, 6}, "k", Version(3)));
  EXPECT_TRUE(catalog_.rows().Get(row_keys::Object(BucketId(again), "k"))->has_value());
  // What was decided stays so.
  EXPECT_EQ(catalog_.Must(Put({kClient, 4}, "k", Version(4))).error().reason(),
            v1::BUCKET_NOT_FOUND);
}

TEST_F(CommandsTest, NamesThingValueAndRemedy) {
  const auto bad_name = catalog_.Run(testing::CreateBucket({kClient, 1}, "Bad_Name"));
  EXPECT_EQ(ReasonOf(bad_name.status()), v1::INVALID_BUCKET_NAME);
  EXPECT_THAT(std::string(bad_name.status().message()), HasSubstr("Bad_Name"));
  const auto bad_key = catalog_.Run(Put({kClient, 1}, "", Version(1)));
  EXPECT_EQ(ReasonOf(bad_key.status()), v1::INVALID_OBJECT_KEY);
}

TEST_F(CommandsTest, RefusesManifestsThatCannotBe) {
  const auto with = [&](auto change) {
    v1::Command put = Put({kClient, 1}, "k", Version(1));
    change(put.mutable_put_object()->mutable_manifest());
    return Refusal(put);
  };
  EXPECT_EQ(with([](v1::Manifest* m) { m->set_size(kMaxObjectSize + 1); }), v1::OBJECT_TOO_LARGE);
  EXPECT_EQ(with([](v1::Manifest* m) { m->set_chunk_size(0); }), v1::INVALID_ARGUMENT);
  EXPECT_EQ(with([](v1::Manifest* m) { m->set_chunk_size(kMaxChunkSize + 1); }),
            v1::INVALID_ARGUMENT);
  EXPECT_EQ(with([](v1::Manifest* m) {
              m->set_size(kMaxObjectSize);
              m->set_chunk_size(1);
            }),
            v1::INVALID_ARGUMENT);
  EXPECT_EQ(with([](v1::Manifest* m) {
              auto* pair = m->add_user_metadata();
              pair->set_name("n");
              pair->set_value(std::string(kMaxUserMetadataSize, 'x'));
            }),
            v1::USER_METADATA_TOO_LARGE);
  EXPECT_EQ(with([](v1::Manifest* m) {
              m->add_user_metadata()->set_name("b");
              m->add_user_metadata()->set_name("a");
            }),
            v1::INVALID_ARGUMENT);
  EXPECT_EQ(
      with([](v1::Manifest* m) { m->set_content_type(std::string(kMaxContentTypeSize + 1, 'x')); }),
      v1::INVALID_ARGUMENT);
  EXPECT_EQ(Refusal(v1::Command()), v1::INVALID_ARGUMENT);
}

TEST_F(CommandsTest, ManifestRowHasTheSameSizeForAnySizeOfObject) {
  const auto row_size = [&](const std::string& key, uint64_t counter, uint64_t size) {
    catalog_.Must(testing::PutObject({kClient, counter}, "bucket", key, Version(counter), size,
                                     kDefaultChunkSize));
    return (*catalog_.rows().Get(row_keys::Object(BucketId(bucket_), key)))->size();
  };
  const size_t small = row_size("small", 1, 100 * kKiB);
  const size_t large = row_size("large", 2, 100 * kGiB);
  RecordProperty("manifest_row_bytes", static_cast<int>(small));
  std::printf("manifest row: %zu bytes for 100 KiB, %zu bytes for 100 GiB\n", small, large);
  EXPECT_EQ(small, large);
  const auto extent = [&](uint64_t sequence) {
    return (*catalog_.rows().Get(row_keys::Extent(Version(sequence))))->size();
  };
  EXPECT_EQ(extent(1), extent(2));
}

// ---- Offers ----

TEST_F(CommandsTest, OffersAreJudgedByWhatTheLogDecided) {
  catalog_.Must(testing::RegisterNode(70));
  catalog_.Must(testing::RegisterNode(71));
  const auto verdict = [&](const VersionId& version, uint64_t node = 70) {
    return catalog_.Must(testing::OfferVersion(node, version, 100))
        .offer_versions()
        .response()
        .verdicts(0);
  };
  catalog_.Must(Put({kClient, 1}, "k", Version(1)));
  catalog_.Must(testing::AbandonVersion(Version(2), 1, 100));
  EXPECT_EQ(verdict(Version(1)), v1::OfferVersionsResponse::LIVE);
  EXPECT_EQ(verdict(Version(2)), v1::OfferVersionsResponse::GARBAGE);
  EXPECT_EQ(verdict(Version(3)), v1::OfferVersionsResponse::OPEN);
  EXPECT_EQ(verdict(Version(1, 999)), v1::OfferVersionsResponse::UNKNOWN);
  VersionId other_life = Version(1);
  other_life.generation = Generation(1);
  EXPECT_EQ(verdict(other_life), v1::OfferVersionsResponse::UNKNOWN);
  EXPECT_EQ(catalog_.Totals().garbage_bytes(), 300u);

  catalog_.Must(testing::CloseSession(kSession));
  EXPECT_EQ(verdict(Version(1)), v1::OfferVersionsResponse::LIVE);
  EXPECT_EQ(verdict(Version(3)), v1::OfferVersionsResponse::GARBAGE);
  EXPECT_EQ(verdict(Version(3)), v1::OfferVersionsResponse::GARBAGE);  // a repeat counts once
  EXPECT_EQ(verdict(Version(3), 71), v1::OfferVersionsResponse::GARBAGE);
  EXPECT_EQ(catalog_.Totals().garbage_bytes(), 500u);
  EXPECT_EQ(catalog_.Totals().garbage_versions(), 2u);
  EXPECT_EQ(Refusal(testing::OfferVersion(72, Version(3), 1)), v1::NOT_REGISTERED);
}

TEST_F(CommandsTest, FinishedGarbageIsNoLongerCounted) {
  catalog_.Must(testing::AbandonVersion(Version(1), 1, 100));
  v1::Command finish;
  auto& entry = *finish.mutable_finish_garbage()->add_entries();
  entry.set_index(catalog_.head());
  *entry.mutable_version() = ToProto(Version(1));
  catalog_.Must(finish);
  catalog_.Must(finish);
  EXPECT_EQ(catalog_.Totals().garbage_bytes(), 0u);
  EXPECT_EQ(catalog_.Totals().garbage_versions(), 0u);
}

// ---- The map ----

TEST_F(CommandsTest, MapIsInstalledOnlyOverTheOneItWasMadeFrom) {
  v1::Command install;
  install.mutable_install_map()->set_expected_epoch(5);
  EXPECT_EQ(catalog_.Run(install).status().code(), absl::StatusCode::kAborted);
  install.mutable_install_map()->set_expected_epoch(1);
  EXPECT_EQ(Refusal(install), v1::INVALID_ARGUMENT);
}

TEST_F(CommandsTest, AMapWithoutATableFollowsOnlyOneWithout) {
  catalog_.Must(testing::RegisterNode(1));
  v1::Command command;
  v1::InstallMapCommand& install = *command.mutable_install_map();
  v1::ClusterMap& map = *install.mutable_map();
  map = *GetMap(catalog_.rows());
  install.set_expected_epoch(map.epoch());
  map.set_epoch(map.epoch() + 1);
  map.mutable_nodes(0)->set_state(v1::ClusterNode::OUT);
  catalog_.Must(command);
  EXPECT_EQ(GetMap(catalog_.rows())->nodes(0).state(), v1::ClusterNode::OUT);

  install.set_expected_epoch(map.epoch());
  map.set_epoch(map.epoch() + 1);
  for (uint32_t i = 0; i < map.constants().partitions(); ++i) map.add_partitions();
  catalog_.Must(command);
  install.set_expected_epoch(map.epoch());
  map.set_epoch(map.epoch() + 1);
  map.clear_partitions();
  EXPECT_EQ(Refusal(command), v1::INVALID_ARGUMENT);
}

/// A table of all partitions on nodes 1, 2 and 3 under the test's constants.
void InstallTable(testing::MemoryCatalog& catalog) {
  for (uint64_t node = 1; node <= 3; ++node) catalog.Must(testing::RegisterNode(node));
  v1::Command command;
  v1::InstallMapCommand& install = *command.mutable_install_map();
  v1::ClusterMap& map = *install.mutable_map();
  map = *GetMap(catalog.rows());
  install.set_expected_epoch(map.epoch());
  map.set_epoch(map.epoch() + 1);
  for (v1::ClusterNode& node : *map.mutable_nodes()) node.set_state(v1::ClusterNode::ACTIVE);
  for (uint32_t p = 0; p < map.constants().partitions(); ++p) {
    v1::PartitionEntry& entry = *map.add_partitions();
    entry.set_partition(p);
    entry.set_epoch(map.epoch());
    for (uint64_t node = 1; node <= 3; ++node) entry.add_serving(node);
  }
  catalog.Must(command);
}

TEST_F(CommandsTest, AChangeOfTheMapNamesWhatChangesAndStampsIt) {
  InstallTable(catalog_);
  catalog_.Must(testing::RegisterNode(4));
  const v1::ClusterMap before = *GetMap(catalog_.rows());
  v1::Command command;
  v1::ChangeMapCommand& change = *command.mutable_change_map();
  change.set_expected_epoch(before.epoch());
  *change.add_nodes() = before.nodes(3);
  change.mutable_nodes(0)->set_state(v1::ClusterNode::ACTIVE);
  v1::PartitionEntry& entry = *change.add_partitions();
  entry.set_partition(2);
  entry.add_serving(1);
  entry.add_serving(2);
  entry.add_incoming(4);
  entry.add_leaving(3);
  catalog_.Must(command);

  const v1::ClusterMap after = *GetMap(catalog_.rows());
  EXPECT_EQ(after.epoch(), before.epoch() + 1);
  EXPECT_EQ(after.nodes(3).state(), v1::ClusterNode::ACTIVE);
  EXPECT_EQ(after.nodes(0).SerializeAsString(), before.nodes(0).SerializeAsString());
  EXPECT_EQ(after.partitions(2).epoch(), after.epoch());
  EXPECT_EQ(after.partitions(2).incoming(0), 4u);
  EXPECT_EQ(after.partitions(1).SerializeAsString(), before.partitions(1).SerializeAsString());
  EXPECT_EQ(catalog_.Run(command).status().code(), absl::StatusCode::kAborted);
}

TEST_F(CommandsTest, AChangeOfTheMapThatMakesNoMapIsRefused) {
  InstallTable(catalog_);
  v1::Command command;
  v1::ChangeMapCommand& change = *command.mutable_change_map();
  change.set_expected_epoch(GetMap(catalog_.rows())->epoch());
  EXPECT_EQ(Refusal(command), v1::INVALID_ARGUMENT);  // it names nothing
  v1::PartitionEntry& entry = *change.add_partitions();
  entry.set_partition(GetMap(catalog_.rows())->constants().partitions());
  entry.add_serving(1);
  EXPECT_EQ(Refusal(command), v1::INVALID_ARGUMENT);  // no such partition
  entry.set_partition(0);
  entry.add_leaving(1);
  EXPECT_EQ(Refusal(command), v1::INVALID_ARGUMENT);  // one node twice
  entry.clear_leaving();
  entry.add_incoming(9);
  EXPECT_EQ(Refusal(command), v1::INVALID_ARGUMENT);  // no such node
  entry.clear_incoming();
  *change.add_partitions() = entry;
  EXPECT_EQ(Refusal(command), v1::INVALID_ARGUMENT);  // one partition twice
  change.mutable_partitions()->RemoveLast();
  catalog_.Must(command);
}

TEST_F(CommandsTest, WhatOthersSaidOfANodeOutlivesItsRegistration) {
  InstallTable(catalog_);
  v1::Command command;
  v1::ChangeMapCommand& change = *command.mutable_change_map();
  change.set_expected_epoch(GetMap(catalog_.rows())->epoch());
  *change.add_nodes() = GetMap(catalog_.rows())->nodes(0);
  change.mutable_nodes(0)->set_down(true);
  change.mutable_nodes(0)->set_removed(true);
  catalog_.Must(command);
  const uint64_t epoch = GetMap(catalog_.rows())->epoch();
  catalog_.Must(testing::RegisterNode(1, 2));
  const v1::ClusterMap map = *GetMap(catalog_.rows());
  EXPECT_TRUE(map.nodes(0).down());
  EXPECT_TRUE(map.nodes(0).removed());
  EXPECT_EQ(map.nodes(0).state(), v1::ClusterNode::ACTIVE);
  EXPECT_EQ(map.epoch(), epoch);
}

TEST_F(CommandsTest, FreezeIsKeptWithItsReason) {
  v1::Command freeze;
  freeze.mutable_freeze_collection()->set_frozen(true);
  freeze.mutable_freeze_collection()->set_reason("why");
  catalog_.Must(freeze);
  EXPECT_TRUE(catalog_.Totals().collection_frozen());
  EXPECT_EQ(catalog_.Totals().frozen_reason(), "why");
  freeze.mutable_freeze_collection()->set_frozen(false);
  catalog_.Must(freeze);
  EXPECT_FALSE(catalog_.Totals().collection_frozen());
}

}  // namespace
}  // namespace trebol::catalog
