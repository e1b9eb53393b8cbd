#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "common/base/proto_ids.h"
#include "common/object/part_set.h"
#include "common/object/version_ref.h"
#include "metadata/catalog/extents.h"
#include "metadata/catalog/name_search.h"
#include "metadata/catalog/reads.h"
#include "metadata/catalog/standing.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"
#include "tests/testing/memory_catalog.h"
#include "tests/testing/metadata_commands.h"
#include "tests/testing/parsed.h"
#include "tests/unit/metadata_catalog/versions_model.h"

namespace trebol::catalog {
namespace {

constexpr uint64_t kGateway = 7;
constexpr uint32_t kChunk = 1024;

class Driver {
 public:
  Driver() {
    catalog_.Must(testing::OpenSession(kGateway));
    catalog_.Must(testing::CreateBucket({kGateway, ++counter_}, "bucket"));
  }

  void Step() {
    switch (*rc::gen::weightedElement<int>({{6, 0},
                                            {3, 1},
                                            {3, 2},
                                            {3, 3},
                                            {1, 4},
                                            {2, 5},
                                            {5, 6},
                                            {3, 7},
                                            {1, 8},
                                            {2, 9},
                                            {2, 10}})) {
      case 0:
        return Put();
      case 1:
        return Copy();
      case 2:
        return Delete();
      case 3:
        return DeleteVersion();
      case 4:
        return SetVersioning();
      case 5:
        return CreateUpload();
      case 6:
        return PutPart();
      case 7:
        return Complete();
      case 8:
        return Abort();
      case 9:
        return DeleteMany();
      default:
        return Expand(/*all=*/false);
    }
  }

  void Check() {
    CheckVersions();
    CheckObjects();
    // Nothing that is referred to is garbage.
    const std::set<VersionId> garbage = Garbage();
    for (const VersionId& version : model_.Live()) {
      RC_ASSERT(*extents::Contains(catalog_.rows(), version));
      RC_ASSERT(!garbage.contains(version));
    }
    // And nothing is an orphan that its gateway can have written.
    for (const auto& [version, size] : model_.written) {
      if (size == 0) continue;
      const ApplyContext context{.generation = testing::MemoryCatalog::kGeneration};
      RC_ASSERT(*StandingOf(catalog_.rows(), version, context) != Standing::kOrphan);
    }
  }

  /// In the end whatever nobody refers to is garbage, and nothing else.
  void CheckNothingIsLost() {
    Expand(/*all=*/true);
    std::set<VersionId> expected;
    for (const auto& [version, size] : model_.written) {
      if (size > 0) expected.insert(version);
    }
    for (const VersionId& version : model_.Live()) expected.erase(version);
    RC_ASSERT(Garbage() == expected);
    uint64_t bytes = 0;
    for (const VersionId& version : expected) bytes += 3 * model_.written.at(version);
    RC_ASSERT(catalog_.Totals().garbage_bytes() == bytes);
    RC_ASSERT(catalog_.Totals().garbage_versions() == expected.size());
    RC_ASSERT(catalog_.Totals().uploads() == model_.uploads.size());
    CheckExtents();
    CheckNames();
  }

 private:
  void CheckExtents() {
    std::set<VersionId> listed;
    VersionId after;
    while (true) {
      const auto page = ReadExtents(catalog_.rows(), after, 3);
      RC_ASSERT(page.ok());
      for (const ExtentInfo& extent : *page) {
        if (extent.row.upload() || extent.row.size() == 0) continue;
        RC_ASSERT(extent.row.size() == model_.written.at(extent.version));
        listed.insert(extent.version);
      }
      if (page->size() < 3) break;
      after = page->back().version;
    }
    RC_ASSERT(listed == model_.Live());
  }

  void CheckNames() {
    const std::set<VersionId> live = model_.Live();
    NameSearch search(std::vector<VersionId>(live.begin(), live.end()));
    int steps = 0;
    for (bool done = false; !done; ++steps) {
      const auto step = search.Step(catalog_.rows(), 2);
      RC_ASSERT(step.ok());
      done = *step;
      RC_ASSERT(steps < 10'000);
    }
    for (const VersionId& version : live) {
      const auto found = search.names().find(version);
      RC_ASSERT(found != search.names().end());
      RC_ASSERT(found->second.bucket == "bucket");
      RC_ASSERT(NamedBy(found->second, version));
    }
  }

  // The model has that name for the bytes.
  bool NamedBy(const NameSearch::Name& name, const VersionId& bytes) const {
    if (name.unfinished) {
      for (const auto& [id, upload] : model_.uploads) {
        const auto part = upload.parts.find(name.part);
        if (upload.key == name.key && part != upload.parts.end() && part->second.first == bytes) {
          return true;
        }
      }
      return false;
    }
    const auto versions = model_.keys.find(name.key);
    if (versions == model_.keys.end()) return false;
    for (const Model::Version& version : versions->second) {
      if (version.marker) continue;
      const auto parts = model_.made_of.find(version.data);
      if (parts == model_.made_of.end() ? version.data == bytes && name.part == 0
                                        : parts->second.contains(bytes) && name.part > 0) {
        return true;
      }
    }
    return false;
  }

  void CheckVersions() {
    std::vector<std::string> expected;
    uint64_t bytes = 0;
    for (const auto& [key, versions] : model_.keys) {
      for (const Model::Version& version : versions) {
        const bool latest = &version == &versions.front();
        expected.push_back(key + " " + version.id + (version.marker ? " marker" : "") +
                           (version.null ? " null" : "") + (latest ? " latest" : ""));
        bytes += version.size;
      }
    }
    std::vector<std::string> listed;
    v1::ReadVersionsRequest request;
    request.set_bucket("bucket");
    request.set_limit(*rc::gen::inRange<uint32_t>(1, 5));
    while (true) {
      const auto page = ReadVersions(catalog_.rows(), request);
      RC_ASSERT(page.ok());
      RC_ASSERT(page->page().versions_size() <= static_cast<int>(request.limit()));
      for (const v1::ObjectInfo& version : page->page().versions()) {
        listed.push_back(
            version.key() + " " + version.version() + (version.delete_marker() ? " marker" : "") +
            (version.null_version() ? " null" : "") + (version.latest() ? " latest" : ""));
      }
      if (!page->more()) break;
      request.set_after(page->next_after());
      request.set_after_order(page->next_after_order());
    }
    RC_ASSERT(listed == expected);
    RC_ASSERT(catalog_.Totals().object_bytes() == bytes);
  }

  void CheckObjects() {
    std::vector<std::string> expected;
    for (auto& [key, versions] : model_.keys) {
      if (const Model::Version* latest = model_.Latest(key)) expected.push_back(latest->id);
    }
    v1::ReadPageRequest request;
    request.set_bucket("bucket");
    const auto page = ReadPage(catalog_.rows(), request);
    RC_ASSERT(page.ok());
    std::vector<std::string> listed;
    const auto objects = Parsed<v1::ListObjectsResponse>(page->page);
    RC_ASSERT(objects.ok());
    for (const v1::ObjectInfo& object : objects->objects()) listed.push_back(object.version());
    RC_ASSERT(listed == expected);
    RC_ASSERT(catalog_.Totals().objects() == expected.size());
  }

  std::set<VersionId> Garbage() const {
    std::set<VersionId> versions;
    for (const GarbageKind kind : {GarbageKind::kSeen, GarbageKind::kUnseen}) {
      const auto rows = ReadGarbage(catalog_.rows(), kind, {}, LogIndex(catalog_.head()), 100'000);
      RC_ASSERT(rows.ok());
      for (const v1::GarbageRow& row : *rows) {
        if (row.parts() == v1::GarbageRow::NO_PARTS) versions.insert(VersionIdOf(row.version()));
      }
    }
    return versions;
  }

  VersionId NewVersion() { return testing::MemoryCatalog::Version(kGateway, ++sequence_); }
  void SetOperation(v1::OperationId* operation) {
    operation->set_session(kGateway);
    operation->set_counter(++counter_);
  }
  static std::string Key() {
    return *rc::gen::elementOf(std::vector<std::string>{"a", "a/b", "b"});
  }
  v1::Manifest NewManifest(const VersionId& version) {
    v1::Manifest manifest;
    *manifest.mutable_version() = ToProto(version);
    manifest.set_size(*rc::gen::weightedElement<uint64_t>({{1, 0}, {2, 500}, {2, 3000}}));
    manifest.set_chunk_size(kChunk);
    manifest.set_etag(ToString(version));
    model_.written[version] = manifest.size();
    return manifest;
  }

  // Some conditions, and whether the model says that they hold.
  bool Conditions(const std::string& key, v1::Preconditions* conditions) {
    const Model::Version* current = model_.Latest(key);
    switch (*rc::gen::weightedElement<int>({{6, 0}, {1, 1}, {1, 2}, {1, 3}})) {
      case 1:
        conditions->add_if_none_match("*");
        return current == nullptr;
      case 2:
        conditions->add_if_match(current != nullptr ? current->etag : "none");
        return current != nullptr;
      case 3:
        conditions->add_if_match("another");
        return false;
      default:
        return true;
    }
  }

  void Put() {
    const std::string key = Key();
    const VersionId version = NewVersion();
    v1::Command command;
    v1::PutObjectCommand& put = *command.mutable_put_object();
    SetOperation(put.mutable_operation());
    put.set_bucket("bucket");
    put.set_key(key);
    *put.mutable_manifest() = NewManifest(version);
    const bool holds = Conditions(key, put.mutable_preconditions());
    const v1::Outcome outcome = catalog_.Must(command);
    RC_ASSERT(outcome.has_error() == !holds);
    if (holds) Added(key, outcome.object(), version, put.manifest().size());
    RC_ASSERT(catalog_.Must(command).SerializeAsString() == outcome.SerializeAsString());
  }

  void Added(const std::string& key, const v1::ObjectRow& row, const VersionId& data,
             uint64_t size) {
    model_.Add(
        key, {.id = VersionString(row), .etag = row.manifest().etag(), .data = data, .size = size});
  }

  // A version of the key: one that it has, or, rarely, another's.
  std::optional<std::pair<v1::VersionRef, size_t>> SomeVersion(const std::string& key) {
    const std::vector<Model::Version>& versions = model_.keys[key];
    if (versions.empty()) return std::nullopt;
    const auto at = *rc::gen::inRange<size_t>(0, versions.size());
    v1::VersionRef ref = *ParseVersion(versions[at].id);
    if (versions[at].null && *rc::gen::arbitrary<bool>()) ref = *ParseVersion("null");
    return std::pair(ref, at);
  }

  void Copy() {
    const std::string from = Key();
    const std::string to = Key();
    v1::Command command;
    v1::CopyObjectCommand& copy = *command.mutable_copy_object();
    SetOperation(copy.mutable_operation());
    copy.set_source_bucket("bucket");
    copy.set_source_key(from);
    copy.set_bucket("bucket");
    copy.set_key(to);
    const VersionId version = NewVersion();
    model_.written[version] = 0;
    *copy.mutable_version() = ToProto(version);
    std::optional<Model::Version> source;
    if (*rc::gen::arbitrary<bool>()) {
      const auto some = SomeVersion(from);
      if (!some.has_value()) return;
      *copy.mutable_source_version() = some->first;
      source = model_.keys[from][some->second];
    } else if (const Model::Version* latest = model_.Latest(from)) {
      source = *latest;
    }
    const bool holds = Conditions(to, copy.mutable_preconditions());
    const v1::Outcome outcome = catalog_.Must(command);
    if (!source.has_value() || source->marker || !holds) {
      RC_ASSERT(outcome.has_error());
      return;
    }
    RC_ASSERT(!outcome.has_error());
    RC_ASSERT(VersionString(outcome.copy_object().source()) == source->id);
    Added(to, outcome.copy_object().object(), source->data, source->size);
  }

  void ExpectDeleted(const std::string& key, const v1::DeleteObjectOutcome& outcome) {
    RC_ASSERT(outcome.existed() == (model_.Latest(key) != nullptr));
    if (model_.versioning == v1::Bucket::UNVERSIONED) {
      model_.keys[key].clear();
      RC_ASSERT(!outcome.delete_marker());
      return;
    }
    RC_ASSERT(outcome.delete_marker());
    model_.Add(key, {.id = VersionString(outcome.marker()), .marker = true});
  }

  void Delete() {
    const std::string key = Key();
    v1::Command command;
    v1::DeleteObjectCommand& remove = *command.mutable_delete_object();
    SetOperation(remove.mutable_operation());
    remove.set_bucket("bucket");
    remove.set_key(key);
    const bool holds = Conditions(key, remove.mutable_preconditions());
    const v1::Outcome outcome = catalog_.Must(command);
    RC_ASSERT(outcome.has_error() == !holds);
    if (holds) ExpectDeleted(key, outcome.delete_object());
  }

  void DeleteVersion() {
    const std::string key = Key();
    const auto some = SomeVersion(key);
    if (!some.has_value()) return;
    v1::Command command;
    v1::DeleteObjectCommand& remove = *command.mutable_delete_object();
    SetOperation(remove.mutable_operation());
    remove.set_bucket("bucket");
    remove.set_key(key);
    *remove.mutable_version() = some->first;
    const v1::Outcome outcome = catalog_.Must(command);
    std::vector<Model::Version>& versions = model_.keys[key];
    RC_ASSERT(outcome.delete_object().existed());
    RC_ASSERT(outcome.delete_object().delete_marker() == versions[some->second].marker);
    versions.erase(versions.begin() + static_cast<std::ptrdiff_t>(some->second));
  }

  // In two parts, the second of which is repeated.
  void DeleteMany() {
    const std::vector<std::string> keys = {Key(), Key(), Key()};
    v1::OperationId operation;
    SetOperation(&operation);
    for (const uint32_t first : {0u, 2u, 2u}) {
      v1::Command command;
      v1::DeleteObjectsCommand& remove = *command.mutable_delete_objects();
      *remove.mutable_operation() = operation;
      remove.set_bucket("bucket");
      remove.set_first(first);
      for (size_t i = first; i < (first == 0 ? 2u : 3u); ++i)
        remove.add_entries()->set_key(keys[i]);
      const v1::Outcome outcome = catalog_.Must(command);
      RC_ASSERT(outcome.delete_objects().results_size() == remove.entries_size());
      if (first == 2 && deleted_ == outcome.SerializeAsString()) {
        deleted_.clear();
        continue;
      }
      deleted_ = outcome.SerializeAsString();
      for (int i = 0; i < remove.entries_size(); ++i) {
        ExpectDeleted(remove.entries(i).key(), outcome.delete_objects().results(i).deleted());
      }
    }
  }

  void SetVersioning() {
    v1::Command command;
    v1::SetBucketVersioningCommand& set = *command.mutable_set_bucket_versioning();
    SetOperation(set.mutable_operation());
    set.set_bucket("bucket");
    set.set_versioning(
        *rc::gen::element(v1::Bucket::UNVERSIONED, v1::Bucket::ENABLED, v1::Bucket::SUSPENDED));
    const bool refused =
        set.versioning() == v1::Bucket::UNVERSIONED && model_.versioning != v1::Bucket::UNVERSIONED;
    RC_ASSERT(catalog_.Must(command).has_error() == refused);
    if (!refused) model_.versioning = set.versioning();
  }

  void CreateUpload() {
    const VersionId upload = NewVersion();
    model_.written[upload] = 0;
    v1::Command command;
    v1::CreateUploadCommand& create = *command.mutable_create_upload();
    SetOperation(create.mutable_operation());
    create.set_bucket("bucket");
    create.set_key(Key());
    *create.mutable_upload() = ToProto(upload);
    RC_ASSERT(!catalog_.Must(command).has_error());
    model_.uploads[upload].key = create.key();
    known_uploads_.emplace_back(upload, create.key());
  }

  // One that is, or was.
  std::optional<std::pair<VersionId, std::string>> SomeUpload() {
    if (known_uploads_.empty()) return std::nullopt;
    const auto back = *rc::gen::inRange<size_t>(0, std::min<size_t>(known_uploads_.size(), 3));
    return known_uploads_[known_uploads_.size() - 1 - back];
  }

  void PutPart() {
    const auto upload = SomeUpload();
    if (!upload.has_value()) return;
    const VersionId version = NewVersion();
    v1::Command command;
    v1::PutPartCommand& put = *command.mutable_put_part();
    SetOperation(put.mutable_operation());
    put.set_bucket("bucket");
    put.set_key(upload->second);
    *put.mutable_upload() = ToProto(upload->first);
    put.set_number(*rc::gen::inRange<uint32_t>(1, 5));
    *put.mutable_manifest() = NewManifest(version);
    const v1::Outcome outcome = catalog_.Must(command);
    const auto found = model_.uploads.find(upload->first);
    RC_ASSERT(outcome.has_error() == (found == model_.uploads.end()));
    if (found == model_.uploads.end()) return;
    found->second.parts[put.number()] = {version, put.manifest().size()};
  }

  void Complete() {
    const auto upload = SomeUpload();
    if (!upload.has_value()) return;
    const auto found = model_.uploads.find(upload->first);
    v1::LookupUploadRequest lookup;
    lookup.set_bucket("bucket");
    lookup.set_key(upload->second);
    *lookup.mutable_upload() = ToProto(upload->first);
    const auto row = LookupUpload(catalog_.rows(), lookup);
    RC_ASSERT((row.ok() && row->has_upload()) == (found != model_.uploads.end()));
    if (found == model_.uploads.end() || found->second.parts.empty()) return;

    std::string listed;
    std::set<VersionId> data;
    uint64_t size = 0;
    for (const auto& [number, part] : found->second.parts) {
      if (listed.empty() || *rc::gen::arbitrary<bool>()) {
        AddPart(number, &listed);
        data.insert(part.first);
        size += part.second;
      }
    }
    v1::Command command;
    v1::CompleteUploadCommand& complete = *command.mutable_complete_upload();
    SetOperation(complete.mutable_operation());
    complete.set_bucket("bucket");
    complete.set_key(upload->second);
    *complete.mutable_upload() = ToProto(upload->first);
    complete.set_revision(row->upload().revision());
    v1::Manifest& manifest = *complete.mutable_manifest();
    *manifest.mutable_version() = ToProto(upload->first);
    manifest.set_size(size);
    manifest.set_chunk_size(kChunk);
    manifest.set_etag(ToString(upload->first));
    manifest.set_parts(listed);
    const bool holds = Conditions(upload->second, complete.mutable_preconditions());
    if (*rc::gen::weightedElement<bool>({{1, true}, {4, false}})) {
      complete.set_revision(complete.revision() - 1);
      RC_ASSERT(ReasonOf(catalog_.Run(command).status()) == v1::UPLOAD_CHANGED);
      return;
    }
    const v1::Outcome outcome = catalog_.Must(command);
    RC_ASSERT(outcome.has_error() == !holds);
    if (!holds) return;
    model_.uploads.erase(found);
    model_.made_of[upload->first] = data;
    Added(upload->second, outcome.object(), upload->first, size);
    // Another call that completes the same upload.
    SetOperation(complete.mutable_operation());
    complete.clear_preconditions();
    RC_ASSERT(catalog_.Must(command).object().SerializeAsString() ==
              outcome.object().SerializeAsString());
  }

  void Abort() {
    const auto upload = SomeUpload();
    if (!upload.has_value()) return;
    v1::Command command;
    v1::AbortUploadCommand& abort = *command.mutable_abort_upload();
    SetOperation(abort.mutable_operation());
    abort.set_bucket("bucket");
    abort.set_key(upload->second);
    *abort.mutable_upload() = ToProto(upload->first);
    RC_ASSERT(catalog_.Must(command).has_error() != model_.uploads.contains(upload->first));
    model_.uploads.erase(upload->first);
  }

  // As the collector does, a part at a time.
  void Expand(bool all) {
    for (const GarbageKind kind : {GarbageKind::kSeen, GarbageKind::kUnseen}) {
      const auto rows = ReadGarbage(catalog_.rows(), kind, {}, LogIndex(catalog_.head()), 100'000);
      RC_ASSERT(rows.ok());
      for (const v1::GarbageRow& row : *rows) {
        if (row.parts() == v1::GarbageRow::NO_PARTS) continue;
        v1::Command command;
        command.mutable_expand_garbage()->set_made_at(row.made_at());
        *command.mutable_expand_garbage()->mutable_upload() = row.version();
        command.mutable_expand_garbage()->set_limit(1);
        while (!catalog_.Must(command).expand_garbage().done()) {
          if (!all && *rc::gen::arbitrary<bool>()) break;
        }
      }
    }
  }

  testing::MemoryCatalog catalog_;
  Model model_;
  std::vector<std::pair<VersionId, std::string>> known_uploads_;
  std::string deleted_;
  uint64_t sequence_ = 0;
  uint64_t counter_ = 0;
};

RC_GTEST_PROP(VersionsProperty, OfKeysCopiesAndUploadsAreThoseOfTheModel, ()) {
  Driver driver;
  const int steps = *rc::gen::inRange(0, 120);
  for (int i = 0; i < steps; ++i) {
    driver.Step();
    driver.Check();
  }
  driver.CheckNothingIsLost();
}

}  // namespace
}  // namespace trebol::catalog
