#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "common/async/request_context.h"
#include "common/async/semaphore.h"
#include "common/async/task.h"
#include "common/stub/metadata_stub.h"
#include "gateway/cluster/gateway_session.h"
#include "gateway/object/object_lookup.h"
#include "gateway/replication/copy_survey.h"
#include "trebol/v1/admin.pb.h"

namespace trebol {

/// Where is my object, and is it safe? A page of its chunks with every copy, as the storage nodes
/// have them now. A few run at a time; more are refused as OVERLOADED. Thread-safe.
class ExplainObject {
 public:
  ExplainObject(std::shared_ptr<MetadataStub> metadata, std::shared_ptr<GatewaySession> session,
                std::shared_ptr<CopySurvey> survey);

  /// Errors of the lookup; INVALID_RANGE for an offset beyond the end, INVALID_ARGUMENT for a limit
  /// that is too high, NOT_READY without a table.
  Task<v1::ExplainObjectResponse> Run(RequestContextPtr context, v1::ExplainObjectRequest request);

 private:
  /// A page of chunks, and where they are in the object.
  struct Page {
    struct Place {
      uint32_t part = 0;
      uint64_t offset = 0;
    };
    std::vector<CopySurvey::Asked> chunks;
    std::vector<Place> places;
    uint64_t next_offset = 0;
  };
  Task<Page> ReadPage(RequestContextPtr context, v1::Manifest manifest, uint64_t offset,
                      uint32_t limit);

  const std::shared_ptr<MetadataStub> metadata_;
  const std::shared_ptr<GatewaySession> session_;
  const std::shared_ptr<CopySurvey> survey_;
  ObjectLookup lookup_;
  const std::shared_ptr<Semaphore> at_once_;
};

}  // namespace trebol
