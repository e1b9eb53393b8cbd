// Whatever commands gateways send, in whatever order: each is refused or carried out, and what must
// hold of the rows holds after it.
#include <cstdint>
#include <cstdio>
#include <string>

#include "common/base/check.h"
#include "common/object/part_set.h"
#include "tests/fuzz/message_maker.h"
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
    v1::Command::kPutObject,      v1::Command::kCopyObject,
    v1::Command::kCreateUpload,   v1::Command::kPutPart,
    v1::Command::kCompleteUpload, v1::Command::kAbortUpload,
    v1::Command::kDeleteObject,   v1::Command::kDeleteObjects,
    v1::Command::kSetObjectTags,  v1::Command::kSetBucketVersioning,
    v1::Command::kSetBucketTags,  v1::Command::kAbandonVersion,
    v1::Command::kExpandGarbage,  v1::Command::kRenewSession,
    v1::Command::kCloseSession,   v1::Command::kCreateBucket,
    v1::Command::kDeleteBucket,   v1::Command::kOpenSession,
    v1::Command::kRegisterNode,   v1::Command::kOfferVersions};

class Commands {
 public:
  explicit Commands(FuzzInput* input) : input_(*input), maker_(input) {
    catalog_.Must(testing::OpenSession(kGateway));
    catalog_.Must(testing::OpenSession(kClient, v1::OpenSessionCommand::CLIENT));
    maker_.Know("session", kGateway);
    maker_.Know("session", kGateway);
    maker_.Know("session", kClient);
    maker_.Know("generation", testing::MemoryCatalog::kGeneration.value);
    maker_.Know("bucket", std::string("bucket"));
    maker_.Know("key", std::string("a"));
    maker_.Know("key", std::string("b"));
    for (const uint64_t size : {0, 500, 3000}) maker_.Know("size", size);
    maker_.Know("chunk_size", 1024);
    std::string set;
    for (const uint32_t part : {1u, 2u, 9u}) {
      maker_.Know("number", part);
      AddPart(part, &set);
      maker_.Know("parts", set);
    }
    for (const uint64_t revision : {1, 2, 3}) maker_.Know("revision", revision);
    for (const char* field : {"counter", "sequence"}) maker_.CountUp(field);
    maker_.Alias("source_key", "key");
    for (const char* field : {"bucket_id", "source_bucket_id"}) maker_.Alias(field, "id");
    maker_.Learn(catalog_.Must(testing::CreateBucket({kGateway, 1'000'000}, "bucket")));
  }

  void Run() {
    for (int i = 0; i < kMostCommands && !input_.empty(); ++i) {
      const v1::Command command = Make();
      const auto outcome = catalog_.Run(command);
      // A repeat of what was logged comes to the same, or is refused.
      if (outcome.ok() && outcome->has_error()) TREBOL_CHECK(outcome->error().code() != 0);
      if (outcome.ok()) maker_.Learn(*outcome);
      maker_.Know("made_at", catalog_.head());
      const absl::Status intact = testing::CheckCatalog(catalog_.rows());
      if (!intact.ok()) {
        std::fprintf(stderr, "%s\nafter %s", intact.ToString().c_str(),
                     command.DebugString().c_str());
      }
      TREBOL_CHECK(intact.ok());
    }
  }

 private:
  v1::Command Make() {
    v1::Command command;
    const auto kind = kKinds[input_.Byte() % std::size(kKinds)];
    const auto* field = v1::Command::descriptor()->FindFieldByNumber(kind);
    maker_.Fill(v1::Command::GetReflection()->MutableMessage(&command, field));
    // Of most commands the ids agree; others are refused at once.
    if (input_.Byte() % 8 != 0) Agree(&command);
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
  MessageMaker maker_;
};

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  trebol::FuzzInput input(absl::string_view(reinterpret_cast<const char*>(data), size));
  trebol::Commands(&input).Run();
  return 0;
}
