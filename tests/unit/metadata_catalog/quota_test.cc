#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "common/base/proto_ids.h"
#include "common/object/part_set.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/reads.h"
#include "metadata/catalog/usage.h"
#include "tests/testing/catalog_invariants.h"
#include "tests/testing/memory_catalog.h"
#include "tests/testing/metadata_commands.h"

namespace trebol::catalog {
namespace {

constexpr uint64_t kSession = 7;

/// A gateway that puts into one bucket and looks at what it holds.
class Rig {
 public:
  Rig() {
    catalog_.Must(testing::OpenSession(kSession));
    catalog_.Must(testing::CreateBucket(Next(), "bucket"));
  }

  testing::Operation Next() { return {kSession, ++counter_}; }
  VersionId NextVersion() { return testing::MemoryCatalog::Version(kSession, ++sequence_); }
  void SetOperation(v1::OperationId* operation) {
    operation->set_session(kSession);
    operation->set_counter(++counter_);
  }

  void SetQuota(uint64_t bytes) {
    v1::Command command;
    SetOperation(command.mutable_set_bucket_quota()->mutable_operation());
    command.mutable_set_bucket_quota()->set_bucket("bucket");
    command.mutable_set_bucket_quota()->set_quota_bytes(bytes);
    EXPECT_EQ(catalog_.Must(command).bucket().quota_bytes(), bytes);
  }
  void SetVersioning(v1::Bucket::Versioning versioning) {
    v1::Command command;
    SetOperation(command.mutable_set_bucket_versioning()->mutable_operation());
    command.mutable_set_bucket_versioning()->set_bucket("bucket");
    command.mutable_set_bucket_versioning()->set_versioning(versioning);
    catalog_.Must(command);
  }
  /// The reason of the refusal, if it was refused.
  v1::ErrorReason Put(const std::string& key, uint64_t size) {
    return catalog_.Must(testing::PutObject(Next(), "bucket", key, NextVersion(), size))
        .error()
        .reason();
  }
  v1::ErrorReason Copy(const std::string& from, const std::string& to) {
    v1::Command command;
    v1::CopyObjectCommand& copy = *command.mutable_copy_object();
    SetOperation(copy.mutable_operation());
    copy.set_source_bucket("bucket");
    copy.set_source_key(from);
    copy.set_bucket("bucket");
    copy.set_key(to);
    *copy.mutable_version() = ToProto(NextVersion());
    return catalog_.Must(command).error().reason();
  }
  v1::DeleteObjectOutcome Delete(const std::string& key) {
    return catalog_.Must(testing::DeleteObject(Next(), "bucket", key)).delete_object();
  }
  v1::BucketUsageRow Usage() {
    v1::LookupBucketRequest request;
    request.set_bucket("bucket");
    return LookupBucket(catalog_.rows(), request)->usage();
  }
  testing::MemoryCatalog& catalog() { return catalog_; }

 private:
  testing::MemoryCatalog catalog_;
  uint64_t counter_ = 0;
  uint64_t sequence_ = 0;
};

TEST(BucketUsage, CountsWhatABucketHolds) {
  Rig rig;
  EXPECT_EQ(rig.Usage().SerializeAsString(), "");
  rig.Put("a", 100);
  rig.Put("b", 50);
  EXPECT_EQ(rig.Usage().objects(), 2u);
  EXPECT_EQ(rig.Usage().bytes(), 150u);
  rig.Put("a", 10);
  EXPECT_EQ(rig.Usage().bytes(), 60u);
  rig.SetVersioning(v1::Bucket::ENABLED);
  rig.Put("a", 5);
  rig.Delete("b");
  EXPECT_EQ(rig.Usage().objects(), 1u);
  EXPECT_EQ(rig.Usage().old_versions(), 3u);  // a, b, and the marker on it
  EXPECT_EQ(rig.Usage().bytes(), 65u);
  EXPECT_TRUE(testing::CheckCatalog(rig.catalog().rows()).ok());
}

TEST(BucketUsage, OfAnEmptyBucketLeavesNoRow) {
  Rig rig;
  const auto before = rig.Usage();
  rig.Put("a", 100);
  rig.Delete("a");
  EXPECT_EQ(rig.Usage().SerializeAsString(), before.SerializeAsString());
  rig.catalog().Must(testing::DeleteBucket(rig.Next(), "bucket"));
  EXPECT_TRUE(testing::CheckCatalog(rig.catalog().rows()).ok());
}

TEST(Quota, RefusesWhatWouldPassIt) {
  Rig rig;
  rig.SetQuota(100);
  EXPECT_EQ(rig.Put("a", 101), v1::QUOTA_EXCEEDED);
  EXPECT_EQ(rig.Put("a", 100), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(rig.Put("b", 1), v1::QUOTA_EXCEEDED);
  EXPECT_EQ(rig.Put("b", 0), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(rig.Copy("a", "c"), v1::QUOTA_EXCEEDED);
  EXPECT_EQ(rig.Copy("b", "c"), v1::ERROR_REASON_UNSPECIFIED);
  rig.SetQuota(0);
  EXPECT_EQ(rig.Put("b", 1000), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_TRUE(testing::CheckCatalog(rig.catalog().rows()).ok());
}

TEST(Quota, ARefusedPutIsDecidedAndItsVersionAbandoned) {
  Rig rig;
  rig.SetQuota(10);
  const v1::Command put = testing::PutObject(rig.Next(), "bucket", "a", rig.NextVersion(), 11);
  const v1::Outcome refused = rig.catalog().Must(put);
  EXPECT_EQ(refused.error().code(), static_cast<int>(absl::StatusCode::kResourceExhausted));
  EXPECT_NE(refused.error().message().find("would hold 11 bytes"), std::string::npos);
  EXPECT_EQ(rig.catalog().Totals().garbage_versions(), 1u);
  // Its repeats get the same, also when there is room.
  rig.SetQuota(1000);
  EXPECT_EQ(rig.catalog().Must(put).SerializeAsString(), refused.SerializeAsString());
}

TEST(Quota, WhatIsReplacedCountsNoMore) {
  Rig rig;
  rig.SetQuota(100);
  EXPECT_EQ(rig.Put("a", 90), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(rig.Put("a", 100), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(rig.Copy("a", "a"), v1::ERROR_REASON_UNSPECIFIED);
  rig.SetQuota(50);  // it is larger already
  EXPECT_EQ(rig.Put("a", 80), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(rig.Put("a", 81), v1::QUOTA_EXCEEDED);
  rig.SetVersioning(v1::Bucket::ENABLED);
  EXPECT_EQ(rig.Put("a", 1), v1::QUOTA_EXCEEDED);  // the older version stays
  rig.SetVersioning(v1::Bucket::SUSPENDED);
  EXPECT_EQ(rig.Put("a", 80), v1::ERROR_REASON_UNSPECIFIED);  // the null version goes
}

TEST(Quota, TheNullVersionUnderAMarkerCountsAsReplaced) {
  Rig rig;
  rig.Put("a", 80);
  rig.SetVersioning(v1::Bucket::ENABLED);
  rig.Delete("a");  // the null version is among the older ones now
  rig.SetVersioning(v1::Bucket::SUSPENDED);
  rig.SetQuota(90);
  EXPECT_EQ(rig.Put("a", 91), v1::QUOTA_EXCEEDED);
  EXPECT_EQ(rig.Put("a", 90), v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(rig.Usage().bytes(), 90u);
}

TEST(Quota, IsAskedWhenAnUploadIsCompleted) {
  Rig rig;
  rig.SetQuota(100);
  const VersionId upload = rig.NextVersion();
  v1::Command create;
  rig.SetOperation(create.mutable_create_upload()->mutable_operation());
  create.mutable_create_upload()->set_bucket("bucket");
  create.mutable_create_upload()->set_key("a");
  *create.mutable_create_upload()->mutable_upload() = ToProto(upload);
  rig.catalog().Must(create);
  v1::Command part;
  v1::PutPartCommand& put = *part.mutable_put_part();
  rig.SetOperation(put.mutable_operation());
  put.set_bucket("bucket");
  put.set_key("a");
  *put.mutable_upload() = ToProto(upload);
  put.set_number(1);
  *put.mutable_manifest()->mutable_version() = ToProto(rig.NextVersion());
  put.mutable_manifest()->set_size(200);
  put.mutable_manifest()->set_chunk_size(1024);
  EXPECT_FALSE(rig.catalog().Must(part).has_error());
  v1::Command complete;
  v1::CompleteUploadCommand& done = *complete.mutable_complete_upload();
  rig.SetOperation(done.mutable_operation());
  done.set_bucket("bucket");
  done.set_key("a");
  *done.mutable_upload() = ToProto(upload);
  done.set_revision(2);
  *done.mutable_manifest()->mutable_version() = ToProto(upload);
  done.mutable_manifest()->set_size(200);
  done.mutable_manifest()->set_chunk_size(1024);
  std::string parts;
  AddPart(1, &parts);
  done.mutable_manifest()->set_parts(parts);
  EXPECT_EQ(rig.catalog().Must(complete).error().reason(), v1::QUOTA_EXCEEDED);
  EXPECT_EQ(rig.catalog().Totals().uploads(), 1u);  // it is there, to be completed or aborted
  rig.SetQuota(200);
  rig.SetOperation(done.mutable_operation());
  EXPECT_TRUE(rig.catalog().Must(complete).has_object());
  EXPECT_EQ(rig.Usage().bytes(), 200u);
}

RC_GTEST_PROP(Quota, NoWriteMakesABucketLargerThanIt, ()) {
  Rig rig;
  const auto steps = *rc::gen::inRange(1, 60);
  uint64_t quota = 0;
  for (int i = 0; i < steps; ++i) {
    const uint64_t before = rig.Usage().bytes();
    const std::string key(1, *rc::gen::elementOf(std::string("abc")));
    const std::string other(1, *rc::gen::elementOf(std::string("abc")));
    switch (*rc::gen::weightedElement<int>({{6, 0}, {3, 1}, {3, 2}, {1, 3}, {2, 4}})) {
      case 0:
        rig.Put(key, *rc::gen::inRange<uint64_t>(0, 100));
        break;
      case 1:
        rig.Copy(key, other);
        break;
      case 2:
        rig.Delete(key);
        break;
      case 3:
        rig.SetVersioning(*rc::gen::element(v1::Bucket::ENABLED, v1::Bucket::SUSPENDED));
        break;
      default:
        quota = *rc::gen::inRange<uint64_t>(0, 200);
        rig.SetQuota(quota);
    }
    const uint64_t after = rig.Usage().bytes();
    RC_ASSERT(quota == 0 || after <= quota || after <= before);
    const absl::Status sound = testing::CheckCatalog(rig.catalog().rows());
    RC_ASSERT(sound == absl::OkStatus());
  }
}

}  // namespace
}  // namespace trebol::catalog
