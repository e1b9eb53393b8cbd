#include <functional>
#include <map>
#include <string>

#include "common/base/error.h"
#include "common/base/proto_ids.h"
#include "gtest/gtest.h"
#include "metadata/catalog/buckets.h"
#include "tests/testing/memory_catalog.h"
#include "tests/testing/metadata_commands.h"

namespace trebol::catalog {
namespace {

using testing::MemoryCatalog;

constexpr uint64_t kSession = 7;

/// The bucket "bucket" with the object "key", and "other" with one as well.
class CheckedBuckets : public ::testing::Test {
 protected:
  CheckedBuckets() {
    catalog_.Must(testing::OpenSession(kSession));
    for (const char* name : {"bucket", "other"}) {
      catalog_.Must(testing::CreateBucket({kSession, ++counter_}, name));
      Put(name);
    }
  }

  void Put(const std::string& bucket) {
    catalog_.Must(
        testing::PutObject({kSession, ++counter_}, bucket, "key", NextVersion(), /*size=*/10));
  }
  VersionId NextVersion() { return MemoryCatalog::Version(kSession, ++sequence_); }
  uint64_t IdOf(const std::string& bucket) {
    const auto row = buckets::Find(catalog_.rows(), bucket);
    return row.ok() && row->has_value() ? (*row)->id() : 0;
  }
  void Replace(const std::string& bucket) {
    catalog_.Must(testing::DeleteObject({kSession, ++counter_}, bucket, "key"));
    catalog_.Must(testing::DeleteBucket({kSession, ++counter_}, bucket));
    catalog_.Must(testing::CreateBucket({kSession, ++counter_}, bucket));
  }
  static void Check(const std::string& bucket, uint64_t id, v1::Command* command) {
    v1::CheckedBucket& checked = *command->add_checked_buckets();
    checked.set_name(bucket);
    checked.set_id(id);
  }

  /// Of each kind that is about a bucket, one that may be carried out.
  std::map<std::string, v1::Command> Commands() {
    std::map<std::string, v1::Command> all;
    const auto add = [&](const std::string& kind, const std::function<void(v1::Command*)>& fill) {
      v1::Command& command = all[kind];
      fill(&command);
    };
    const auto manifest = [&] {
      return testing::PutObject({}, "", "", NextVersion(), 10).put_object().manifest();
    };
    const v1::VersionId upload = ToProto(NextVersion());
    add("delete_bucket", [](auto* c) { c->mutable_delete_bucket(); });
    add("put_object", [&](auto* c) { *c->mutable_put_object()->mutable_manifest() = manifest(); });
    add("delete_object", [](auto* c) { c->mutable_delete_object(); });
    add("delete_objects",
        [](auto* c) { c->mutable_delete_objects()->add_entries()->set_key("key"); });
    add("copy_object", [&](auto* c) {
      *c->mutable_copy_object()->mutable_version() = ToProto(NextVersion());
      c->mutable_copy_object()->set_source_bucket("other");
      c->mutable_copy_object()->set_source_key("key");
    });
    add("create_upload",
        [&](auto* c) { *c->mutable_create_upload()->mutable_upload() = ToProto(NextVersion()); });
    add("put_part", [&](auto* c) {
      *c->mutable_put_part()->mutable_upload() = upload;
      c->mutable_put_part()->set_number(1);
      *c->mutable_put_part()->mutable_manifest() = manifest();
    });
    add("complete_upload", [&](auto* c) {
      v1::CompleteUploadCommand& complete = *c->mutable_complete_upload();
      *complete.mutable_upload() = upload;
      *complete.mutable_manifest()->mutable_version() = upload;
      complete.mutable_manifest()->set_chunk_size(1);
      complete.mutable_manifest()->set_parts("\x01");
    });
    add("abort_upload", [&](auto* c) { *c->mutable_abort_upload()->mutable_upload() = upload; });
    add("set_bucket_versioning",
        [](auto* c) { c->mutable_set_bucket_versioning()->set_versioning(v1::Bucket::ENABLED); });
    add("set_bucket_tags", [](auto* c) { c->mutable_set_bucket_tags(); });
    add("set_object_tags", [](auto* c) { c->mutable_set_object_tags(); });
    add("set_bucket_access", [](auto* c) {
      c->mutable_set_bucket_access()->set_anonymous(v1::BucketAccess::READ_WRITE);
    });
    add("set_bucket_quota", [](auto* c) { c->mutable_set_bucket_quota()->set_quota_bytes(1); });
    add("set_bucket_cors", [](auto* c) { c->mutable_set_bucket_cors(); });
    for (auto& [kind, command] : all) Name(kind, &command);
    return all;
  }

  /// The fields that they share.
  void Name(const std::string& kind, v1::Command* command) {
    const auto* field = command->GetDescriptor()->FindFieldByName(kind);
    ASSERT_NE(field, nullptr) << kind;
    google::protobuf::Message& message = *command->GetReflection()->MutableMessage(command, field);
    const auto* reflection = message.GetReflection();
    const auto* descriptor = message.GetDescriptor();
    reflection->SetString(&message, descriptor->FindFieldByName("bucket"), "bucket");
    if (const auto* key = descriptor->FindFieldByName("key")) {
      reflection->SetString(&message, key, "key");
    }
    v1::OperationId operation;
    operation.set_session(kSession);
    operation.set_counter(++counter_);
    reflection->MutableMessage(&message, descriptor->FindFieldByName("operation"))
        ->CopyFrom(operation);
  }

  MemoryCatalog catalog_;
  uint64_t counter_ = 0;
  uint64_t sequence_ = 0;
};

TEST_F(CheckedBuckets, EveryKindOfCommandThatNamesABucketIsHere) {
  const auto all = Commands();
  const auto* kinds = v1::Command::descriptor();
  for (int i = 0; i < kinds->field_count(); ++i) {
    const auto* kind = kinds->field(i);
    if (kind->containing_oneof() == nullptr || kind->name() == "create_bucket") continue;
    if (kind->message_type()->FindFieldByName("bucket") == nullptr) continue;
    EXPECT_TRUE(all.contains(std::string(kind->name()))) << kind->name();
  }
}

TEST_F(CheckedBuckets, NoCommandReachesAnotherBucketOfTheName) {
  const uint64_t was = IdOf("bucket");
  Replace("bucket");
  Put("bucket");
  const uint64_t head = catalog_.head();
  for (auto& [kind, command] : Commands()) {
    Check("bucket", was, &command);
    const auto outcome = catalog_.Run(command);
    EXPECT_EQ(ReasonOf(outcome.status()), v1::BUCKET_REPLACED) << kind << " was carried out";
    EXPECT_EQ(outcome.status().code(), absl::StatusCode::kAborted);
  }
  EXPECT_EQ(catalog_.head(), head) << "nothing is decided";
}

TEST_F(CheckedBuckets, WhatWasRefusedIsCarriedOutForTheBucketThatIs) {
  const uint64_t was = IdOf("bucket");
  Replace("bucket");
  for (auto& [kind, command] : Commands()) {
    if (kind == "delete_bucket") continue;
    Check("bucket", was, &command);
    ASSERT_EQ(ReasonOf(catalog_.Run(command).status()), v1::BUCKET_REPLACED) << kind;
    command.clear_checked_buckets();
    Check("bucket", IdOf("bucket"), &command);
    EXPECT_TRUE(catalog_.Run(command).ok()) << kind << catalog_.Run(command).status();
  }
}

TEST_F(CheckedBuckets, TheSourceOfACopyToo) {
  v1::Command copy = Commands().at("copy_object");
  Check("bucket", IdOf("bucket"), &copy);
  Check("other", IdOf("other"), &copy);
  Replace("other");
  EXPECT_EQ(ReasonOf(catalog_.Run(copy).status()), v1::BUCKET_REPLACED);
}

TEST_F(CheckedBuckets, OneThatIsGoneIsNotFound) {
  v1::Command put = Commands().at("put_object");
  Check("bucket", IdOf("bucket"), &put);
  Replace("bucket");
  catalog_.Must(testing::DeleteBucket({kSession, ++counter_}, "bucket"));
  EXPECT_EQ(catalog_.Must(put).error().reason(), v1::BUCKET_NOT_FOUND);
}

TEST_F(CheckedBuckets, OneThatWasNotThereIsNotTheOneThatIs) {
  v1::Command remove = Commands().at("delete_bucket");
  catalog_.Must(testing::DeleteObject({kSession, ++counter_}, "bucket", "key"));
  Check("bucket", 0, &remove);
  EXPECT_EQ(ReasonOf(catalog_.Run(remove).status()), v1::BUCKET_REPLACED);
  EXPECT_NE(IdOf("bucket"), 0u);
}

TEST_F(CheckedBuckets, ARepeatGetsItsOutcomeWhateverHasTheNameNow) {
  v1::Command put = Commands().at("put_object");
  Check("bucket", IdOf("bucket"), &put);
  const v1::Outcome first = catalog_.Must(put);
  ASSERT_TRUE(first.has_object());
  Replace("bucket");
  EXPECT_EQ(catalog_.Must(put).SerializeAsString(), first.SerializeAsString());
}

}  // namespace
}  // namespace trebol::catalog
