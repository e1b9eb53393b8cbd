// Whatever commands gateways send, in whatever order: each is refused or carried out, what must
// hold of the rows holds after it, they can be read, and the same commands make the same rows
// again.
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "common/base/check.h"
#include "common/base/error.h"
#include "common/base/proto_ids.h"
#include "common/object/part_set.h"
#include "metadata/catalog/reads.h"
#include "tests/fuzz/run_target.h"
#include "tests/testing/catalog_invariants.h"
#include "tests/testing/memory_catalog.h"
#include "tests/testing/metadata_commands.h"

namespace trebol {
namespace {

constexpr int kMostCommands = 16;
constexpr uint64_t kGateway = 7;
constexpr uint64_t kClient = 8;

// Kinds that gateways, nodes and the collector send.
constexpr v1::Command::KindCase kKinds[] = {
    v1::Command::kPutObject,       v1::Command::kCopyObject,
    v1::Command::kCreateUpload,    v1::Command::kPutPart,
    v1::Command::kCompleteUpload,  v1::Command::kAbortUpload,
    v1::Command::kDeleteObject,    v1::Command::kDeleteObjects,
    v1::Command::kSetObjectTags,   v1::Command::kSetBucketVersioning,
    v1::Command::kSetBucketTags,   v1::Command::kAbandonVersion,
    v1::Command::kExpandGarbage,   v1::Command::kRenewSession,
    v1::Command::kCloseSession,    v1::Command::kCreateBucket,
    v1::Command::kDeleteBucket,    v1::Command::kOpenSession,
    v1::Command::kRegisterNode,    v1::Command::kOfferVersions,
    v1::Command::kSetBucketAccess, v1::Command::kSetBucketQuota,
    v1::Command::kSetBucketCors,   v1::Command::kPutAccessKey,
    v1::Command::kDeleteAccessKey, v1::Command::kSetRootKey};

class Commands {
 public:
  Commands(FuzzInput* input, Score* score) : input_(*input), maker_(input), score_(*score) {
    catalog_.Must(testing::OpenSession(kGateway));
    catalog_.Must(testing::OpenSession(kClient, v1::OpenSessionCommand::CLIENT));
    maker_.Know("session", kGateway);
    maker_.Know("session", kGateway);
    maker_.Know("session", kClient);
    maker_.Know("generation", testing::MemoryCatalog::kGeneration.value);
    for (const char* bucket : {"bucket", "other"}) maker_.Know("bucket", bucket);
    for (const char* key : {"a", "b"}) maker_.Know("key", key);
    for (const uint64_t node : {1, 2}) maker_.Know("node_id", node);
    for (const char* text : {"", "cluster"}) maker_.Know("cluster_id", text);
    for (const uint64_t size : {0, 500, 3000}) maker_.Know("size", size);
    for (const uint64_t quota : {0, 3000, 6000}) maker_.Know("quota_bytes", quota);
    for (const char* id : {"AKIA1", "AKIA2"}) maker_.Know("id", id);
    for (const char* secret : {"first-secret", "second-secret"}) maker_.Know("secret", secret);
    for (const char* user : {"alice", "bob"}) maker_.Know("user", user);
    maker_.Alias("owner", "user");
    maker_.Know("chunk_size", 1024);
    maker_.Limit("decided_below", 100);  // each is a row; a large step takes seconds here
    std::string set;
    for (const uint32_t part : {1u, 2u, 9u}) {
      maker_.Know("number", part);
      AddPart(part, &set);
      maker_.Know("parts", set);
    }
    for (const uint64_t revision : {1, 2, 3}) maker_.Know("revision", revision);
    for (const char* field : {"counter", "sequence", "version"}) maker_.CountUp(field);
    for (const char* field : {"source_key", "prefix", "after"}) maker_.Alias(field, "key");
    maker_.Alias("listed", "parts");
    maker_.Alias("source_bucket", "bucket");
    maker_.Learn(catalog_.Must(testing::CreateBucket({kGateway, 1'000'000}, "bucket")));
    for (const char* field : {"bucket", "source_bucket", "key", "source_key", "upload", "session",
                              "generation", "manifest", "chunk_size", "counter", "number",
                              "node_id", "endpoint", "operation", "sequence", "version", "parts"}) {
      maker_.SetOften(field, 8);
    }
    for (const char* field :
         {"preconditions", "source_preconditions", "source_version", "checksums", "headers",
          "user_metadata", "first", "constants", "if_modified_since", "if_unmodified_since", "data",
          "order", "trebol.v1.LookupObjectRequest.version", "trebol.v1.DeleteObjectCommand.version",
          "trebol.v1.DeleteObjectsCommand.Entry.version",
          "trebol.v1.SetObjectTagsCommand.version"}) {
      maker_.SetOften(field, 2);
    }
    catalog_.Must(testing::RegisterNode(1));
    v1::Command command;
    v1::CreateUploadCommand& create = *command.mutable_create_upload();
    create.mutable_operation()->set_session(kGateway);
    create.mutable_operation()->set_counter(1'000'001);
    create.set_bucket("bucket");
    create.set_key("a");
    *create.mutable_upload() = ToProto(testing::MemoryCatalog::Version(kGateway, 1'000'000));
    create.mutable_manifest()->set_chunk_size(1024);
    maker_.Learn(catalog_.Must(command));
    at_first_ = catalog_;
  }

  void Run() {
    for (int i = 0; i < kMostCommands && !input_.empty(); ++i) {
      const v1::Command command = Make();
      const auto outcome = catalog_.Run(command);
      // A repeat of what was logged comes to the same, or is refused.
      if (outcome.ok() && outcome->has_error()) TREBOL_CHECK(outcome->error().code() != 0);
      score_.Count(NameOf(command), outcome.ok() && !outcome->has_error());
      if (outcome.ok()) {
        maker_.Learn(*outcome);
        accepted_.push_back(command);
      }
      maker_.Know("made_at", catalog_.head());
      const absl::Status intact = testing::CheckCatalog(catalog_.rows());
      if (!intact.ok()) {
        std::fprintf(stderr, "%s\nafter %s", intact.ToString().c_str(),
                     command.DebugString().c_str());
      }
      TREBOL_CHECK(intact.ok());
      Read(input_.Byte() % 8);
    }
    Replay();
  }

 private:
  static std::string NameOf(const v1::Command& command) {
    return v1::Command::descriptor()->FindFieldByNumber(command.kind_case())->name();
  }

  // Metadata refuses to start on a log whose commands it refuses when it runs them again.
  void Replay() {
    testing::MemoryCatalog again = at_first_;
    for (const v1::Command& command : accepted_) TREBOL_CHECK(again.Run(command).ok());
    TREBOL_CHECK(again.rows() == catalog_.rows());
  }

  void Read(uint8_t which) {
    const testing::MemoryTransaction& rows = catalog_.rows();
    switch (which) {
      case 0:
        return Check("LookupObject", catalog::LookupObject(rows, Asked<v1::LookupObjectRequest>()));
      case 1:
        return Check("LookupBucket", catalog::LookupBucket(rows, Asked<v1::LookupBucketRequest>()));
      case 2:
        return Check("LookupUpload", catalog::LookupUpload(rows, Asked<v1::LookupUploadRequest>()));
      case 3:
        return Check("ReadPage", Objects(catalog::ReadPage(rows, Asked<v1::ReadPageRequest>())));
      case 4:
        return Check("ReadVersions", catalog::ReadVersions(rows, Asked<v1::ReadVersionsRequest>()));
      case 5:
        return Check("ReadParts", catalog::ReadParts(rows, Asked<v1::ReadPartsRequest>()));
      case 6:
        return Check("ReadUploads", catalog::ReadUploads(rows, Asked<v1::ReadUploadsRequest>()));
      default:
        TREBOL_CHECK(catalog::HistoryHas(rows, Asked<v1::LogPosition>()).ok());
    }
  }

  template <typename Answer>
  void Check(const char* read, const absl::StatusOr<Answer>& answer) {
    score_.Count(read, answer.ok());
    if (answer.ok()) return maker_.Learn(*answer);
    TREBOL_CHECK(ReasonOf(answer.status()) != v1::ERROR_REASON_UNSPECIFIED);
  }

  static absl::StatusOr<v1::ListObjectsResponse> Objects(const absl::StatusOr<ListedPage>& page) {
    if (!page.ok()) return page.status();
    v1::ListObjectsResponse objects;
    TREBOL_CHECK(objects.ParseFromString(std::string(page->page)));
    return objects;
  }

  template <typename Request>
  Request Asked() {
    Request request;
    maker_.Fill(&request);
    return request;
  }

  v1::Command Make() {
    v1::Command command;
    const auto kind = kKinds[input_.Byte() % std::size(kKinds)];
    const auto* field = v1::Command::descriptor()->FindFieldByNumber(kind);
    maker_.Fill(v1::Command::GetReflection()->MutableMessage(&command, field));
    // Of most commands the ids agree; others are refused at once.
    if (input_.Byte() % 8 != 7) Agree(&command);
    return command;
  }

  static void Agree(v1::Command* command) {
    if (command->has_complete_upload()) {
      v1::CompleteUploadCommand& complete = *command->mutable_complete_upload();
      *complete.mutable_manifest()->mutable_version() = complete.upload();
      complete.mutable_manifest()->clear_data();
    }
    for (v1::Manifest* manifest :
         {command->has_put_object() ? command->mutable_put_object()->mutable_manifest() : nullptr,
          command->has_put_part() ? command->mutable_put_part()->mutable_manifest() : nullptr}) {
      if (manifest == nullptr) continue;
      manifest->clear_data();
      manifest->clear_parts();
    }
  }

  FuzzInput& input_;
  testing::MemoryCatalog catalog_;
  testing::MemoryCatalog at_first_;
  std::vector<v1::Command> accepted_;
  MessageMaker maker_;
  Score& score_;
};

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return trebol::RunTarget<trebol::Commands>(data, size);
}
