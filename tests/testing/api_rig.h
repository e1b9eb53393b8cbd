#pragma once

#include <memory>
#include <string>
#include <utility>

#include "gateway/auth/key_cache.h"
#include "gateway/object/access_keys.h"
#include "tests/testing/catalog_stub.h"
#include "tests/testing/gateway_rig.h"

namespace trebol {

/// Every operation of the public API in one process: a gateway on the real commands of metadata,
/// with rows in memory, and nodes in memory. A bucket "bucket" is there.
struct ApiRig {
  explicit ApiRig(int threads = 2);

  /// Waits for what an operation answers.
  template <typename Answer>
  Answer Await(boost::asio::awaitable<Answer> task) {
    return gateway.runtime.BlockOn(std::move(task));
  }
  absl::StatusOr<v1::ObjectInfo> Put(const std::string& key, const std::string& content);
  absl::StatusOr<v1::PartInfo> PutPart(UploadPart::Header header, const std::string& content,
                                       std::optional<Md5Etag> md5_etag = std::nullopt);
  /// The object's bytes, or the text of the error.
  std::string Get(const std::string& key);
  /// A client's session, as SessionService opens it.
  uint64_t OpenSession();

  const std::shared_ptr<CatalogStub> catalog = std::make_shared<CatalogStub>();
  GatewayRig gateway;
  ObjectOperations api;
  std::shared_ptr<ClientSessions> sessions;
  std::shared_ptr<KeyCache> key_cache;
  std::shared_ptr<AccessKeys> keys;
  const RequestContextPtr context = BackgroundContext();
};

}  // namespace trebol
