// Whatever clients ask, in whatever order: every handler of ObjectService and SessionService
// answers, an error says why, and metadata's rows stay whole.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "common/base/check.h"
#include "common/base/error.h"
#include "tests/fuzz/api_words.h"
#include "tests/fuzz/run_target.h"
#include "tests/testing/api_rig.h"

namespace trebol {
namespace {

constexpr int kMostCalls = 12;
constexpr uint8_t kHandlers = 24;

class Calls {
 public:
  Calls(FuzzInput* input, Score* score) : input_(*input), maker_(input), score_(*score) {
    // What most sequences need, in the order in which it is named most.
    LearnUpload(&rig_, &maker_);
    LearnApiWords(&maker_);
    Put("a");
    maker_.Learn(*rig_.Await(rig_.sessions->Open(rig_.context, v1::OpenSessionRequest())));
  }

  void Run() {
    for (int i = 0; i < kMostCalls && !input_.empty(); ++i) {
      One(input_.Byte() % kHandlers);
      const absl::Status intact = rig_.catalog->CheckInvariants();
      if (!intact.ok()) std::fprintf(stderr, "%s\n", intact.ToString().c_str());
      TREBOL_CHECK(intact.ok());
    }
  }

 private:
  void Put(const std::string& key) { maker_.Learn(*rig_.Put(key, "some bytes")); }

  std::shared_ptr<MemoryBody> Body() {
    std::vector<std::string> pieces;
    for (int n = input_.Byte() % 3; n > 0; --n) {
      pieces.push_back(std::string(1 + input_.Byte() * 9, static_cast<char>(input_.Byte())));
    }
    auto body = std::make_shared<MemoryBody>(std::move(pieces));
    if (input_.Byte() % 4 == 3) maker_.Fill(&body->trailing);
    return body;
  }

  void Check(const std::string& call, const absl::Status& status) {
    score_.Count(call, status.ok());
    if (status.ok()) return;
    const bool known = !status.message().empty() && !absl::IsInternal(status) &&
                       !absl::IsUnavailable(status) && !absl::IsUnimplemented(status) &&
                       ReasonOf(status) != v1::ERROR_REASON_UNSPECIFIED;
    if (!known) std::fprintf(stderr, "%s\n", status.ToString().c_str());
    TREBOL_CHECK(known);
  }

  // Made field by field, or what the rest of the input encodes.
  template <typename Message>
  Message Make() {
    Message message;
    if (input_.Byte() % 16 == 15) {
      if (!message.ParseFromString(std::string(input_.rest()))) message.Clear();
    } else {
      maker_.Fill(&message);
    }
    return message;
  }

  /// `more`: what the operation takes beside the message.
  template <typename Operation, typename Message, typename Response, typename... More>
  void Call(const std::shared_ptr<Operation>& operation,
            boost::asio::awaitable<absl::StatusOr<Response>> (Operation::*run)(RequestContextPtr,
                                                                               Message, More...),
            std::type_identity_t<More>... more) {
    const auto answer =
        rig_.Await(((*operation).*run)(rig_.context, Make<Message>(), std::move(more)...));
    Check(Message::descriptor()->name(), answer.status());
    if (answer.ok()) Learn(*answer);
  }
  void Learn(const google::protobuf::Message& answer) { maker_.Learn(answer); }
  void Learn(const Bytes& encoded) {
    v1::ListObjectsResponse page;
    TREBOL_CHECK(page.ParseFromString(std::string(encoded)));
    maker_.Learn(page);
  }

  template <typename Operation>
  void Upload(const std::shared_ptr<Operation>& operation) {
    auto header = Make<typename Operation::Header>();
    const auto answer = rig_.Await(operation->Run(rig_.context, std::move(header), Body()));
    Check(Operation::Message::descriptor()->name(), answer.status());
    if (answer.ok()) maker_.Learn(*answer);
  }

  bool Flag() { return input_.Byte() % 2 == 1; }

  void Get() {
    auto writer = std::make_shared<MemoryWriter>();
    const absl::Status status =
        rig_.Await(rig_.api.get->Run(rig_.context, Make<v1::GetObjectRequest>(), writer));
    Check("GetObjectRequest", status);
    if (!status.ok()) return;
    maker_.Learn(writer->info);
    TREBOL_CHECK(writer->begun == 1 && writer->bytes.size() == writer->range.length());
  }

  void One(uint8_t handler) {
    ObjectOperations& api = rig_.api;
    switch (handler) {
      case 0:
        return Call(api.buckets, &Buckets::Create, "owner");
      case 1:
        return Call(api.buckets, &Buckets::Delete, Flag());
      case 2:
        return Call(api.buckets, &Buckets::Head);
      case 3:
        return Check("ListBuckets", rig_.Await(api.buckets->List(rig_.context)).status());
      case 4:
        return Call(api.buckets, &Buckets::SetVersioning);
      case 5:
        return Call(api.buckets, &Buckets::SetTags);
      case 6:
        return Upload(api.put);
      case 7:
        return Get();
      case 8:
        return Call(api.get, &GetObject::Head);
      case 9:
        return Call(api.tags, &SetTags::Run);
      case 10:
        return Call(api.remove, &DeleteObject::Run);
      case 11:
        return Call(api.remove, &DeleteObject::RunMany);
      case 12:
        return Call(api.copy, &CopyObject::Run);
      case 13:
        return Call(api.list, &ListObjects::Run);
      case 14:
        return Call(api.versions, &ListVersions::Run);
      case 15:
        return Call(api.multipart, &Multipart::Create, "owner",
                    Flag() ? PartChecksums::kOfTheWhole : PartChecksums::kComposite);
      case 16:
        return Upload(api.part);
      case 17:
        return Call(api.uploads, &ListUploads::Parts);
      case 18:
        return Call(api.uploads, &ListUploads::Run);
      case 19:
        return Call(api.multipart, &Multipart::Complete,
                    PartRules{.least_size = Flag() ? 10u : 0u, .kind = {}});
      case 20:
        return Call(api.multipart, &Multipart::Abort);
      case 21:
        return Call(rig_.sessions, &ClientSessions::Open);
      case 22:
        return Call(rig_.sessions, &ClientSessions::Renew);
      default:
        return Call(rig_.sessions, &ClientSessions::Close);
    }
  }

  FuzzInput& input_;
  ApiRig rig_{1};
  MessageMaker maker_;
  Score& score_;
};

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return trebol::RunTarget<trebol::Calls>(data, size);
}
