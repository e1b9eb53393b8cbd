#include "storage-node/background/version_offers.h"

#include <utility>

#include "common/base/error.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

constexpr size_t kPage = 1000;

v1::OfferVersionsRequest MakeOffer(NodeId self, const std::vector<HeldVersion>& held) {
  v1::OfferVersionsRequest request;
  request.set_node_id(self.value);
  for (const HeldVersion& version : held) {
    v1::OfferVersionsRequest::Version* offer = request.add_versions();
    offer->set_generation(version.version.generation.value);
    offer->set_session(version.version.session.value);
    offer->set_sequence(version.version.sequence);
    offer->set_bytes(version.bytes);
  }
  return request;
}

}  // namespace

absl::StatusOr<bool> VersionOffers::Settle(Generation generation, SessionId session) {
  // First of all no more may come: what is read below is then all there is.
  RETURN_IF_ERROR(store_.CloseSession(generation, session));
  bool settled = true;
  uint64_t after = 0;
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<HeldVersion> held,
                     store_.UndecidedVersions(generation, session, after, kPage));
    if (held.empty()) return settled;
    ASSIGN_OR_RETURN(
        const v1::OfferVersionsResponse answer,
        runtime_.BlockOn(metadata_->OfferVersions(BackgroundContext(), MakeOffer(self_, held))));
    if (answer.verdicts_size() != static_cast<int>(held.size())) {
      return absl::InternalError(
          "metadata answered another number of verdicts than were asked for");
    }
    for (int verdict : answer.verdicts()) {
      if (verdict == v1::OfferVersionsResponse::OPEN) settled = false;
    }
    if (held.size() < kPage) return settled;
    after = held.back().version.sequence;
  }
}

}  // namespace trebol
