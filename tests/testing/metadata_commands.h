#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "trebol/v1/rows.pb.h"

/// Commands of the state machine, each in a line. For tests of what stands on the catalog.
namespace trebol::testing {

struct Operation {
  uint64_t session = 0;
  uint64_t counter = 0;
};

v1::Command OpenSession(uint64_t session,
                        v1::OpenSessionCommand::Kind kind = v1::OpenSessionCommand::GATEWAY);
v1::Command CloseSession(uint64_t session);
v1::Command RenewSession(uint64_t session, uint64_t number, uint64_t decided_below,
                         std::vector<uint64_t> open = {}, uint64_t operations_below = 0,
                         std::vector<uint64_t> open_operations = {}, uint64_t horizon = 0);
v1::Command CreateBucket(Operation operation, const std::string& name);
v1::Command DeleteBucket(Operation operation, const std::string& name);
v1::Command PutObject(Operation operation, const std::string& bucket, const std::string& key,
                      const VersionId& version, uint64_t size, uint32_t chunk_size = 1024);
v1::Command DeleteObject(Operation operation, const std::string& bucket, const std::string& key);
v1::Command AbandonVersion(const VersionId& version, uint64_t chunks, uint64_t bytes);
/// A node that joins: its disk id is `node` + 1.
v1::Command RegisterNode(uint64_t node, uint64_t incarnation = 1,
                         const std::string& cluster_id = "", uint64_t generation = 0);
v1::Command OfferVersion(uint64_t node, const VersionId& version, uint64_t bytes);

}  // namespace trebol::testing
