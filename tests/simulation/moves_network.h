#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "common/stub/peer_stub.h"
#include "common/stub/storage_stub.h"
#include "storage-node/service/map_view.h"
#include "tests/testing/fake_chunk_store.h"

namespace trebol::simulation {

/// The wire between simulated storage nodes: calls what the services behind it call, on the
/// caller's thread. Before and after each call the world may do something else, or lose the
/// message. One thread at a time.
class MovesNetwork {
 public:
  struct Server {
    FakeChunkStore* store = nullptr;
    MapView* map = nullptr;  // nullptr: not running
  };
  enum class Fate { kDelivered, kRequestLost, kAnswerLost };

  /// Decides what happens to a call to this endpoint, and does whatever else happens before it.
  std::function<Fate(const std::string& endpoint)> fate = [](const std::string&) {
    return Fate::kDelivered;
  };
  /// Whatever happens while the answer is on its way.
  std::function<void()> answered = [] {};
  std::map<std::string, Server> servers;

  std::shared_ptr<PeerStub> peer_stub();
  std::shared_ptr<StorageStub> storage_stub();

  /// `call` at the server, unless the call gets lost.
  template <typename Response, typename Call>
  absl::StatusOr<Response> Deliver(const std::string& endpoint, const Call& call) {
    const Fate decided = fate(endpoint);
    const auto server = servers.find(endpoint);
    const bool reachable = server != servers.end() && server->second.map != nullptr;
    if (decided == Fate::kRequestLost || !reachable) {
      return absl::UnavailableError("the call was lost");
    }
    absl::StatusOr<Response> response = call(server->second);
    answered();
    if (decided == Fate::kAnswerLost) return absl::UnavailableError("the answer was lost");
    return response;
  }
};

}  // namespace trebol::simulation
