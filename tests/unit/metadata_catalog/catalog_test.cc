#include "metadata/catalog/catalog.h"

#include <filesystem>
#include <fstream>
#include <optional>

#include "common/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "metadata/state/identity_file.h"
#include "tests/testing/metadata_commands.h"
#include "tests/testing/parsed.h"
#include "tests/testing/temporary_directory.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;
using testing::Operation;

constexpr uint64_t kSession = 7;

class CatalogTest : public ::testing::Test {
 protected:
  void SetUp() override { Open(); }

  absl::Status TryOpen() {
    catalog_.reset();
    absl::StatusOr<std::unique_ptr<Catalog>> opened = Catalog::Open(options_);
    if (!opened.ok()) return opened.status();
    catalog_ = *std::move(opened);
    return absl::OkStatus();
  }
  void Open() {
    options_.directory = directory_.path();
    const absl::Status opened = TryOpen();
    ASSERT_TRUE(opened.ok()) << opened;
    const absl::Status began = catalog_->BeginTerm();
    ASSERT_TRUE(began.ok()) << began;
  }
  v1::Outcome Submit(const v1::Command& command) {
    absl::StatusOr<SubmitResult> result = catalog_->Submit(command);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? result->outcome : v1::Outcome();
  }
  VersionId Version(uint64_t sequence, uint64_t session = kSession) {
    return {catalog_->identity().generation, SessionId(session), sequence};
  }
  void MakeBucket(uint64_t counter, const std::string& name) {
    Submit(testing::CreateBucket({kSession, counter}, name));
  }
  absl::StatusOr<v1::LookupObjectResponse> Lookup(const std::string& bucket,
                                                  const std::string& key) {
    v1::LookupObjectRequest request;
    request.set_bucket(bucket);
    request.set_key(key);
    return catalog_->LookupObject(request);
  }

  testing::TemporaryDirectory directory_;
  Catalog::Options options_;
  std::unique_ptr<Catalog> catalog_;
};

TEST_F(CatalogTest, KeepsAnObjectFromPutToDelete) {
  Submit(testing::OpenSession(kSession));
  MakeBucket(1, "photos");
  const v1::Outcome put =
      Submit(testing::PutObject({kSession, 2}, "photos", "a/b", Version(1), 5000));
  EXPECT_EQ(put.object().key(), "a/b");

  auto found = Lookup("photos", "a/b");
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->object().manifest().size(), 5000u);
  EXPECT_EQ(found->head().index(), catalog_->head().index());
  EXPECT_EQ(found->head().term(), catalog_->head().term());
  EXPECT_EQ(catalog_->Cluster()->objects(), 1u);
  EXPECT_EQ(catalog_->Cluster()->object_bytes(), 5000u);

  v1::ReadPageRequest page;
  page.set_bucket("photos");
  page.set_delimiter("/");
  const auto listed = catalog_->ReadPage(page);
  ASSERT_TRUE(listed.ok());
  EXPECT_EQ(Parsed<v1::ListObjectsResponse>(listed->page)->common_prefixes(0), "a/");

  EXPECT_TRUE(
      Submit(testing::DeleteObject({kSession, 3}, "photos", "a/b")).delete_object().existed());
  EXPECT_EQ(ReasonOf(Lookup("photos", "a/b").status()), v1::OBJECT_NOT_FOUND);
  EXPECT_EQ(catalog_->Cluster()->objects(), 0u);
  EXPECT_EQ(catalog_->Cluster()->garbage_bytes(), 3 * 5000u);
}

TEST_F(CatalogTest, FindsEverythingAgainAfterReopen) {
  Submit(testing::OpenSession(kSession));
  MakeBucket(1, "photos");
  Submit(testing::PutObject({kSession, 2}, "photos", "k", Version(1), 10));
  const std::string cluster = catalog_->identity().cluster_id;
  const v1::LogPosition head = catalog_->head();

  Open();
  EXPECT_EQ(catalog_->identity().cluster_id, cluster);
  EXPECT_TRUE(Lookup("photos", "k").ok());
  EXPECT_EQ(catalog_->head().index(), head.index() + 1);  // the new term
  EXPECT_NE(catalog_->head().term(), head.term());
  EXPECT_TRUE(*catalog_->HistoryHas(head));
  v1::LogPosition other = head;
  other.set_term(head.term() + 1);
  EXPECT_FALSE(*catalog_->HistoryHas(other));
  other = catalog_->head();
  other.set_index(other.index() + 1);
  EXPECT_FALSE(*catalog_->HistoryHas(other));
}

TEST_F(CatalogTest, RefusesToServeBeforeItsTerm) {
  ASSERT_TRUE(TryOpen().ok());
  EXPECT_EQ(ReasonOf(catalog_->Submit(testing::OpenSession(1)).status()), v1::NOT_READY);
  EXPECT_EQ(ReasonOf(Lookup("photos", "k").status()), v1::NOT_READY);
  EXPECT_TRUE(catalog_->Map().ok());
}

TEST_F(CatalogTest, RefusesConstantsThatDisagree) {
  options_.constants.set_copies(2);
  const absl::Status opened = TryOpen();
  EXPECT_EQ(opened.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(opened.message()), HasSubstr("copies = 2"));
  EXPECT_THAT(std::string(opened.message()), HasSubstr("created with 3"));
}

TEST_F(CatalogTest, FoundsNoOtherClusterWhenTheDatabaseIsLost) {
  namespace fs = std::filesystem;
  const fs::path database = fs::path(directory_.path()) / "db";
  const std::string cluster = catalog_->identity().cluster_id;
  catalog_.reset();
  fs::remove_all(database);
  absl::Status opened = TryOpen();
  EXPECT_EQ(opened.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReasonOf(opened), v1::LINEAGE_MISSING);
  EXPECT_THAT(std::string(opened.message()), HasSubstr(cluster));
  EXPECT_THAT(std::string(opened.message()), HasSubstr(database.string()));
  EXPECT_FALSE(fs::exists(database));

  // A database that lost all of its log, and one of another cluster.
  testing::TemporaryDirectory elsewhere;
  Catalog::Options other;
  other.directory = elsewhere.path();
  ASSERT_TRUE(MetadataStore::Open({.directory = elsewhere.path()}).ok());
  fs::copy(fs::path(elsewhere.path()) / "db", database, fs::copy_options::recursive);
  EXPECT_THAT(std::string(TryOpen().message()), HasSubstr("its log is empty"));
  fs::remove_all(database);
  ASSERT_TRUE(Catalog::Open(other).ok());
  fs::copy(fs::path(elsewhere.path()) / "db", database, fs::copy_options::recursive);
  EXPECT_EQ(TryOpen().code(), absl::StatusCode::kDataLoss);
}

TEST_F(CatalogTest, NamesADirectoryWhoseCreationWasCutShort) {
  const std::string cluster = catalog_->identity().cluster_id;
  catalog_.reset();
  const std::string path = directory_.path() + "/" + kMetadataIdentityFile;
  std::ofstream(path) << "trebol metadata, format 8\n";
  ASSERT_TRUE(TryOpen().ok());
  EXPECT_EQ(catalog_->identity().cluster_id, cluster);
  catalog_.reset();
  const auto store = MetadataStore::Open({.directory = directory_.path()});
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ((*store)->cluster_id(), cluster);
}

TEST_F(CatalogTest, GivesRootItsKeyWithTheTerm) {
  const auto root = [](const std::string& id, const std::string& secret) {
    v1::SetRootKeyCommand command;
    command.set_id(id);
    command.set_secret(secret);
    command.add_buckets("photos");
    return command;
  };
  const auto start = [&](const v1::SetRootKeyCommand& command) {
    ASSERT_TRUE(TryOpen().ok());
    const absl::Status set = catalog_->SetRoot(command);
    ASSERT_TRUE(set.ok()) << set;
    ASSERT_TRUE(catalog_->BeginTerm().ok());
  };
  EXPECT_FALSE(catalog_->RootKey()->has_value());
  start(root("admin", "first-secret"));
  EXPECT_EQ((*catalog_->RootKey())->secret(), "first-secret");
  EXPECT_EQ(catalog_->replaced_root(), "");
  v1::LookupBucketRequest bucket;
  bucket.set_bucket("photos");
  EXPECT_EQ(catalog_->LookupBucket(bucket)->bucket().owner(), "root");
  // The same again is no entry of the log.
  const uint64_t head = catalog_->head().index();
  start(root("admin", "first-secret"));
  EXPECT_EQ(catalog_->head().index(), head + 1);  // the term's
  EXPECT_EQ(catalog_->replaced_root(), "");
  start(root("admin", "second-secret"));
  EXPECT_EQ((*catalog_->RootKey())->secret(), "second-secret");
  EXPECT_EQ(catalog_->replaced_root(), "admin");
  // Without a word of it the key stays.
  ASSERT_TRUE(TryOpen().ok());
  ASSERT_TRUE(catalog_->BeginTerm().ok());
  EXPECT_EQ((*catalog_->RootKey())->secret(), "second-secret");
}

TEST_F(CatalogTest, RefusesAKeyOfRootThatIsNone) {
  Submit(testing::OpenSession(kSession));
  v1::Command put;
  v1::PutAccessKeyCommand& key = *put.mutable_put_access_key();
  key.mutable_operation()->set_session(kSession);
  key.mutable_operation()->set_counter(1);
  key.mutable_key()->set_id("AKIA1");
  key.mutable_key()->set_secret("wJalrXUtnFEMI");
  key.mutable_key()->set_user("alice");
  EXPECT_TRUE(Submit(put).has_access_key());
  ASSERT_TRUE(TryOpen().ok());
  v1::SetRootKeyCommand root;
  root.set_id("AKIA1");
  root.set_secret("another-secret");
  EXPECT_EQ(ReasonOf(catalog_->SetRoot(root)), v1::ACCESS_KEY_EXISTS);
  root.set_id("A");
  EXPECT_EQ(ReasonOf(catalog_->SetRoot(root)), v1::INVALID_ACCESS_KEY);
  ASSERT_TRUE(catalog_->BeginTerm().ok());
  EXPECT_FALSE(catalog_->RootKey()->has_value());
}

TEST_F(CatalogTest, SaysThatTheDirectoryIsInUse) {
  const auto second = Catalog::Open(options_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("in use by another process"));
}

}  // namespace
}  // namespace trebol
