#include "gateway/replication/replication_metrics.h"

#include <optional>

namespace trebol {
namespace {

double NumberOf(CircuitBreaker::State state) {
  switch (state) {
    case CircuitBreaker::State::kClosed:
      return 0;
    case CircuitBreaker::State::kHalfOpen:
      return 1;
    case CircuitBreaker::State::kOpen:
      return 2;
  }
  return 0;
}

}  // namespace

ReplicationMetrics::ReplicationMetrics(Registry& registry)
    : hedges(registry.AddCounter("trebol_gateway_hedged_reads_total",
                                 "Second requests for reads of chunks that were late.")),
      hedges_won(registry.AddCounter("trebol_gateway_hedged_reads_won_total",
                                     "Second requests whose answer came first.")),
      hedges_refused(registry.AddCounter("trebol_gateway_hedged_reads_refused_total",
                                         "Late reads that the budget had no second request for.")),
      handoff_copies(
          registry.AddCounter("trebol_gateway_handoff_writes_total",
                              "Copies sent to a node that stands in for one that is away.")),
      degraded_writes(registry.AddCounter("trebol_gateway_degraded_writes_total",
                                          "Chunks of which fewer copies than N were sent, because "
                                          "no other node could stand in.")),
      retries(registry.AddCounter("trebol_gateway_chunk_retries_total",
                                  "Further attempts at a copy of a chunk.")),
      retries_refused(
          registry.AddCounter("trebol_gateway_chunk_retries_refused_total",
                              "Further attempts that the budget had nothing left for.")),
      registry_(registry) {}

void ReplicationMetrics::Show(const std::vector<NodeHealth::View>& views) {
  MutexLock lock(&mutex_);
  for (const NodeHealth::View& view : views) {
    const Labels node = {{"node", ToString(view.node)}};
    registry_
        .AddGauge("trebol_gateway_node_breaker_state",
                  "The breaker of a storage node: 0 closed, 1 half-open, 2 open.", node)
        .Set(NumberOf(view.breaker));
    uint64_t& shown = openings_[view.node];
    registry_
        .AddCounter("trebol_gateway_node_breaker_openings_total",
                    "How often the breaker of a storage node was opened.", node)
        .Add(view.openings - shown);
    shown = view.openings;
    registry_
        .AddGauge("trebol_gateway_node_ejected",
                  "Whether a storage node is left out because of its breaker.", node)
        .Set(view.ejected ? 1 : 0);
    registry_
        .AddGauge("trebol_gateway_node_late",
                  "Whether a storage node answers reads so late that they begin at other copies.",
                  node)
        .Set(view.late ? 1 : 0);
    const auto show = [&](const char* call, const char* quantile,
                          const std::optional<absl::Duration>& seconds) {
      registry_
          .AddGauge("trebol_gateway_node_latency_seconds",
                    "Recent latency of chunk calls to a storage node; 0: fewer than 20 calls.",
                    {{"node", ToString(view.node)}, {"call", call}, {"quantile", quantile}})
          .Set(seconds.has_value() ? absl::ToDoubleSeconds(*seconds) : 0);
    };
    show("get", "0.5", view.get_p50);
    show("get", "0.95", view.get_p95);
    show("put", "0.5", view.put_p50);
    show("put", "0.95", view.put_p95);
  }
}

}  // namespace trebol
