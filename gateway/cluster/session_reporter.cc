#include "gateway/cluster/session_reporter.h"

#include <utility>

namespace trebol {

void SessionReporter::Tick() {
  const auto report = session_->Report();
  const auto map = maps_->Current();
  if (!report.has_value() || map == nullptr) return;
  const std::string serialised = report->SerializeAsString();
  for (const v1::ClusterNode& node : map->proto().nodes()) {
    const NodeId id(node.id());
    {
      MutexLock lock(&mutex_);
      Sent& sent = sent_[id];
      if (sent.in_flight || sent.report == serialised) continue;
      sent.in_flight = true;
    }
    v1::ReportSessionRequest request;
    request.set_node(node.id());
    *request.mutable_session() = *report;
    *request.mutable_lineage() = session_->lineage();
    runtime_.Spawn(
        storage_->ReportSession(BackgroundContext(), node.endpoint(), std::move(request)),
        [this, id, serialised](const absl::StatusOr<v1::ReportSessionResponse>& response) {
          MutexLock lock(&mutex_);
          Sent& sent = sent_[id];
          sent.in_flight = false;
          if (response.ok()) sent.report = serialised;
        });
  }
}

}  // namespace trebol
