#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/proto_ids.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "metadata/catalog/buckets.h"
#include "tests/testing/catalog_invariants.h"
#include "tests/testing/memory_catalog.h"
#include "tests/testing/metadata_commands.h"

namespace trebol::catalog {
namespace {

using ::testing::HasSubstr;
using testing::MemoryCatalog;

constexpr uint64_t kSession = 7;

/// The bucket "bucket".
class DeleteBucketTest : public ::testing::Test {
 protected:
  DeleteBucketTest() {
    catalog_.Must(testing::OpenSession(kSession));
    catalog_.Must(testing::CreateBucket({kSession, ++counter_}, "bucket"));
  }

  VersionId CreateUpload(const std::string& key) {
    const VersionId upload = MemoryCatalog::Version(kSession, ++sequence_);
    v1::Command command;
    v1::CreateUploadCommand& create = *command.mutable_create_upload();
    create.mutable_operation()->set_session(kSession);
    create.mutable_operation()->set_counter(++counter_);
    create.set_bucket("bucket");
    create.set_key(key);
    *create.mutable_upload() = ToProto(upload);
    catalog_.Must(command);
    return upload;
  }
  void PutPart(const std::string& key, const VersionId& upload) {
    v1::Command command;
    v1::PutPartCommand& put = *command.mutable_put_part();
    put.mutable_operation()->set_session(kSession);
    put.mutable_operation()->set_counter(++counter_);
    put.set_bucket("bucket");
    put.set_key(key);
    *put.mutable_upload() = ToProto(upload);
    put.set_number(1);
    *put.mutable_manifest() =
        testing::PutObject({}, "", "", MemoryCatalog::Version(kSession, ++sequence_), 10)
            .put_object()
            .manifest();
    catalog_.Must(command);
  }
  v1::Outcome Delete(bool with_uploads) {
    v1::Command command = testing::DeleteBucket({kSession, ++counter_}, "bucket");
    command.mutable_delete_bucket()->set_with_uploads(with_uploads);
    return catalog_.Must(command);
  }

  MemoryCatalog catalog_;
  uint64_t counter_ = 0;
  uint64_t sequence_ = 0;
};

TEST_F(DeleteBucketTest, RefusesOneWithAnUnfinishedUpload) {
  CreateUpload("key");
  EXPECT_EQ(Delete(/*with_uploads=*/false).error().reason(), v1::BUCKET_NOT_EMPTY);
  EXPECT_EQ(catalog_.Totals().uploads(), 1u);
}

TEST_F(DeleteBucketTest, TakesUploadsWithIt) {
  PutPart("a", CreateUpload("a"));
  PutPart("b", CreateUpload("b"));
  EXPECT_FALSE(Delete(/*with_uploads=*/true).has_error());
  EXPECT_EQ(catalog_.Totals().uploads(), 0u);
  EXPECT_EQ(catalog_.Totals().buckets(), 0u);
  const absl::Status kept = testing::CheckCatalog(catalog_.rows());
  EXPECT_TRUE(kept.ok()) << kept;
}

TEST_F(DeleteBucketTest, TouchesNoUploadOfABucketThatHasObjects) {
  CreateUpload("a");
  catalog_.Must(testing::PutObject({kSession, ++counter_}, "bucket", "key",
                                   MemoryCatalog::Version(kSession, ++sequence_), 10));
  EXPECT_EQ(Delete(/*with_uploads=*/true).error().reason(), v1::BUCKET_NOT_EMPTY);
  EXPECT_EQ(catalog_.Totals().uploads(), 1u);
}

TEST_F(DeleteBucketTest, TakesABoundedNumberOfUploads) {
  for (int i = 0; i < 251; ++i) CreateUpload(absl::StrCat(i));
  const v1::Outcome refused = Delete(/*with_uploads=*/true);
  EXPECT_EQ(refused.error().reason(), v1::BUCKET_NOT_EMPTY);
  EXPECT_THAT(refused.error().message(), HasSubstr("more than 250"));
  EXPECT_EQ(catalog_.Totals().uploads(), 251u);
}

}  // namespace
}  // namespace trebol::catalog
