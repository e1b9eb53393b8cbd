#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/proto_ids.h"
#include "common/object/version_ref.h"
#include "metadata/catalog/extents.h"
#include "metadata/catalog/reads.h"
#include "tests/testing/memory_catalog.h"
#include "tests/testing/metadata_commands.h"
#include "tests/testing/parsed.h"

namespace trebol::catalog {
namespace {

constexpr uint64_t kClient = 9;

/// What the namespace should be, kept in the simplest way.
struct Model {
  struct Object {
    VersionId version;
    uint64_t size = 0;
  };
  std::map<std::string, uint64_t> bucket_ids;
  std::map<uint64_t, std::map<std::string, Object>> objects;  // by bucket id
  std::map<VersionId, uint64_t> garbage;                      // with the bytes of one copy

  /// nullptr: there is no bucket of this name.
  std::map<std::string, Object>* ObjectsOf(const std::string& bucket) {
    const auto found = bucket_ids.find(bucket);
    return found == bucket_ids.end() ? nullptr : &objects[found->second];
  }

  void Discard(const VersionId& version, uint64_t size) {
    if (size > 0) garbage[version] = size;
  }
};

class Driver {
 public:
  Driver() {
    catalog_.Must(testing::OpenSession(kClient, v1::OpenSessionCommand::CLIENT));
    OpenGateway();
  }

  void Step() {
    switch (*rc::gen::weightedElement<int>(
        {{2, 0}, {1, 1}, {8, 2}, {4, 3}, {2, 4}, {4, 5}, {1, 6}, {2, 7}})) {
      case 0:
        return CreateBucket();
      case 1:
        return DeleteBucket();
      case 2:
        return Put();
      case 3:
        return DeleteObject();
      case 4:
        return Abandon();
      case 5:
        return Repeat();
      case 6:
        catalog_.Must(testing::CloseSession(gateway_));
        return OpenGateway();
      default:
        return Collect();
    }
  }

  void Check() const {
    uint64_t count = 0;
    uint64_t bytes = 0;
    for (const auto& [bucket, objects] : model_.objects) {
      for (const auto& [key, object] : objects) {
        ++count;
        bytes += object.size;
        RC_ASSERT(*extents::Contains(catalog_.rows(), object.version));
      }
    }
    uint64_t garbage_bytes = 0;
    for (const auto& [version, size] : model_.garbage) {
      garbage_bytes += 3 * size;
      RC_ASSERT(!*extents::Contains(catalog_.rows(), version));
    }
    const v1::ClusterRow totals = catalog_.Totals();
    RC_ASSERT(totals.buckets() == model_.bucket_ids.size());
    RC_ASSERT(totals.objects() == count);
    RC_ASSERT(totals.object_bytes() == bytes);
    RC_ASSERT(totals.garbage_versions() == model_.garbage.size());
    RC_ASSERT(totals.garbage_bytes() == garbage_bytes);
    CheckNames();
  }

 private:
  void CheckNames() const {
    const auto buckets = ReadBuckets(catalog_.rows());
    RC_ASSERT(buckets.ok() &&
              buckets->buckets_size() == static_cast<int>(model_.bucket_ids.size()));
    for (const v1::BucketRow& bucket : buckets->buckets()) {
      RC_ASSERT(model_.bucket_ids.at(bucket.name()) == bucket.id());
      v1::ReadPageRequest request;
      request.set_bucket(bucket.name());
      const auto page = ReadPage(catalog_.rows(), request);
      const auto found = model_.objects.find(bucket.id());
      const size_t expected = found == model_.objects.end() ? 0 : found->second.size();
      RC_ASSERT(page.ok());
      const auto listed = Parsed<v1::ListObjectsResponse>(page->page);
      RC_ASSERT(listed.ok() && listed->objects_size() == static_cast<int>(expected));
      for (const v1::ObjectInfo& object : listed->objects()) {
        const auto ref = ParseVersion(object.version());
        const VersionId& version = found->second.at(object.key()).version;
        RC_ASSERT(ref.ok() && SessionId(ref->session()) == version.session &&
                  ref->sequence() == version.sequence);
      }
    }
  }

  void OpenGateway() { catalog_.Must(testing::OpenSession(++gateway_)); }
  VersionId NewVersion() { return testing::MemoryCatalog::Version(gateway_, ++sequence_); }
  testing::Operation NewOperation() { return {kClient, ++counter_}; }
  static std::string BucketName() {
    return *rc::gen::elementOf(std::vector<std::string>{"one", "two", "three"});
  }
  static std::string Key() {
    return *rc::gen::elementOf(std::vector<std::string>{"a", "a/b", "b"});
  }

  v1::Outcome Run(const v1::Command& command) {
    v1::Outcome outcome = catalog_.Must(command);
    done_.emplace_back(command, outcome);
    return outcome;
  }

  void CreateBucket() {
    const std::string name = BucketName();
    const v1::Outcome outcome = Run(testing::CreateBucket(NewOperation(), name));
    if (model_.bucket_ids.contains(name)) {
      RC_ASSERT(outcome.error().reason() == v1::BUCKET_ALREADY_EXISTS);
      return;
    }
    RC_ASSERT(outcome.bucket().id() > last_bucket_id_);
    last_bucket_id_ = outcome.bucket().id();
    model_.bucket_ids[name] = last_bucket_id_;
    model_.objects[last_bucket_id_];
  }

  void DeleteBucket() {
    const std::string name = BucketName();
    const v1::Outcome outcome = Run(testing::DeleteBucket(NewOperation(), name));
    const auto found = model_.bucket_ids.find(name);
    if (found == model_.bucket_ids.end()) {
      RC_ASSERT(outcome.error().reason() == v1::BUCKET_NOT_FOUND);
    } else if (!model_.objects[found->second].empty()) {
      RC_ASSERT(outcome.error().reason() == v1::BUCKET_NOT_EMPTY);
    } else {
      RC_ASSERT(outcome.bucket().id() == found->second);
      model_.objects.erase(found->second);
      model_.bucket_ids.erase(found);
    }
  }

  void Put() {
    const std::string bucket = BucketName();
    const std::string key = Key();
    const VersionId version = NewVersion();
    const auto size = *rc::gen::inRange<uint64_t>(0, 5000);
    const v1::Outcome outcome = Run(testing::PutObject(NewOperation(), bucket, key, version, size));
    auto* objects = model_.ObjectsOf(bucket);
    if (objects == nullptr) {
      RC_ASSERT(outcome.error().reason() == v1::BUCKET_NOT_FOUND);
      model_.Discard(version, size);
      return;
    }
    RC_ASSERT(outcome.object().key() == key);
    const auto before = objects->find(key);
    if (before != objects->end()) {
      model_.Discard(before->second.version, before->second.size);
    }
    (*objects)[key] = {version, size};
  }

  void DeleteObject() {
    const std::string bucket = BucketName();
    const std::string key = Key();
    const v1::Outcome outcome = Run(testing::DeleteObject(NewOperation(), bucket, key));
    auto* objects = model_.ObjectsOf(bucket);
    if (objects == nullptr) {
      RC_ASSERT(outcome.error().reason() == v1::BUCKET_NOT_FOUND);
      return;
    }
    const auto object = objects->find(key);
    RC_ASSERT(outcome.delete_object().existed() == (object != objects->end()));
    if (object == objects->end()) return;
    model_.Discard(object->second.version, object->second.size);
    objects->erase(object);
  }

  void Abandon() {
    const VersionId version = NewVersion();
    const auto size = *rc::gen::inRange<uint64_t>(0, 5000);
    catalog_.Must(testing::AbandonVersion(version, extents::ChunkCount(size, 1024), size));
    model_.Discard(version, size);
  }

  // As it was sent, or with another attempt's version.
  void Repeat() {
    if (done_.empty()) return;
    auto [command, outcome] = *rc::gen::elementOf(done_);
    if (command.has_put_object() && *rc::gen::arbitrary<bool>()) {
      const VersionId version = NewVersion();
      *command.mutable_put_object()->mutable_manifest()->mutable_version() = ToProto(version);
      model_.Discard(version, command.put_object().manifest().size());
    }
    RC_ASSERT(catalog_.Must(command).SerializeAsString() == outcome.SerializeAsString());
  }

  void Collect() {
    const auto kind = *rc::gen::element(GarbageKind::kSeen, GarbageKind::kUnseen);
    const auto rows = ReadGarbage(catalog_.rows(), kind, {}, LogIndex(catalog_.head()), 3);
    RC_ASSERT(rows.ok());
    v1::Command command;
    command.mutable_finish_garbage();
    for (const v1::GarbageRow& row : *rows) {
      auto& entry = *command.mutable_finish_garbage()->add_entries();
      entry.set_index(row.made_at());
      *entry.mutable_version() = row.version();
      RC_ASSERT(model_.garbage.erase(VersionIdOf(row.version())) == 1);
    }
    catalog_.Must(command);
  }

  testing::MemoryCatalog catalog_;
  Model model_;
  std::vector<std::pair<v1::Command, v1::Outcome>> done_;
  uint64_t gateway_ = 100;
  uint64_t sequence_ = 0;
  uint64_t counter_ = 0;
  uint64_t last_bucket_id_ = 0;
};

RC_GTEST_PROP(CatalogProperty, DoesWhatTheModelDoes, ()) {
  Driver driver;
  const int steps = *rc::gen::inRange(0, 150);
  for (int i = 0; i < steps; ++i) {
    driver.Step();
    driver.Check();
  }
}

}  // namespace
}  // namespace trebol::catalog
