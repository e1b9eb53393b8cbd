#include "tests/testing/api_rig.h"

#include "common/base/check.h"

namespace trebol {

ApiRig::ApiRig(int threads)
    : gateway(1'000'000, threads, catalog),
      api(gateway.Operations()),
      sessions(std::make_shared<ClientSessions>(gateway.session)),
      key_cache(std::make_shared<KeyCache>(catalog, gateway.clock)),
      keys(std::make_shared<AccessKeys>(catalog, gateway.commands, key_cache)) {
  v1::CreateBucketRequest create;
  create.set_bucket("bucket");
  TREBOL_CHECK(Await(api.buckets->Create(context, create)).ok());
}

absl::StatusOr<v1::ObjectInfo> ApiRig::Put(const std::string& key, const std::string& content) {
  return gateway.Put(key, content);
}

absl::StatusOr<v1::PartInfo> ApiRig::PutPart(UploadPart::Header header, const std::string& content,
                                             std::optional<Md5Etag> md5_etag) {
  auto body = std::make_shared<MemoryBody>(std::vector<std::string>{content});
  return Await(api.part->Run(context, std::move(header), std::move(body), std::move(md5_etag)));
}

std::string ApiRig::Get(const std::string& key) {
  MemoryWriter writer;
  const absl::Status status = gateway.Get(key, &writer);
  return status.ok() ? writer.bytes : std::string(status.message());
}

uint64_t ApiRig::OpenSession() {
  const auto opened = Await(sessions->Open(context, v1::OpenSessionRequest()));
  TREBOL_CHECK(opened.ok());
  return opened->session();
}

}  // namespace trebol
