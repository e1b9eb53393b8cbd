#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/async/request_context.h"
#include "common/async/runtime.h"
#include "common/async/task.h"
#include "common/base/ids.h"
#include "common/stub/storage_stub.h"
#include "gateway/cluster/map_cache.h"
#include "gateway/replication/node_health.h"
#include "trebol/v1/admin.pb.h"

namespace trebol {

/// Asks storage nodes for their copies of chunks: members and leaving nodes for all, and every
/// other node, unless it is OUT or waits, for those that have fewer than N good copies there. A
/// node that does not answer is UNREACHABLE, never ABSENT, and is not asked again. A chunk that
/// nobody seems to have is looked for once more under a new map: it may have moved. Thread-safe.
class CopySurvey {
 public:
  struct Asked {
    ChunkId id;
    uint32_t size = 0;  // bytes that a good copy has
  };

  /// Breakers are not to hear of these calls, which may be long: `storage` tells `nodes` nothing.
  CopySurvey(Runtime& runtime, std::shared_ptr<StorageStub> storage, std::shared_ptr<MapCache> maps,
             std::shared_ptr<NodeHealth> nodes);

  /// A chunk for each that is asked, in order, with the nodes, the counts and the summary; nothing
  /// of the object. With `verify` every copy is read by its node. NOT_READY without a table.
  Task<v1::ExplainObjectResponse> Run(RequestContextPtr context, std::vector<Asked> asked,
                                      bool verify);

 private:
  struct Survey;
  struct Answer;

  /// The chunks at `which`, under the survey's map.
  Task<void> Look(std::shared_ptr<Survey> survey, std::vector<size_t> which);
  Task<void> AskTogether(std::shared_ptr<Survey> survey, std::vector<Answer> answers);
  Task<Answer> AskNode(std::shared_ptr<const Survey> survey, std::string endpoint, Answer answer);
  v1::ExplainObjectResponse Finish(Survey& survey);

  Runtime& runtime_;
  const std::shared_ptr<StorageStub> storage_;
  const std::shared_ptr<MapCache> maps_;
  const std::shared_ptr<NodeHealth> nodes_;
};

}  // namespace trebol
