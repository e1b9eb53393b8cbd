#include "gateway/replication/copy_survey.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/async/one_shot.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "gateway/replication/describe_nodes.h"

namespace trebol {
namespace {

using Chunk = v1::ExplainObjectResponse::Chunk;
using Copy = v1::ExplainObjectResponse::Copy;

constexpr size_t kChunksPerCall = 1'000;
constexpr size_t kVerifiedPerCall = 8;  // 32 MiB at the usual size
// Of nodes that are asked whether they have what members lack: bounds the answers that are held.
constexpr size_t kNodesTogether = 16;

Copy::State ToState(const v1::StatChunkResponse::Entry& entry, uint32_t size) {
  switch (entry.state()) {
    case v1::StatChunkResponse::PRESENT:
      return entry.size() == size ? Copy::PRESENT : Copy::CORRUPT;
    case v1::StatChunkResponse::ABSENT:
      return Copy::ABSENT;
    case v1::StatChunkResponse::CORRUPT:
      return Copy::CORRUPT;
    case v1::StatChunkResponse::DELETED:
      return Copy::DELETED;
    default:
      return Copy::UNKNOWN;
  }
}

void Fill(const v1::StatChunkResponse::Entry& entry, uint32_t size, Copy* copy) {
  copy->set_state(ToState(entry, size));
  copy->set_hint_for(entry.hint_for());
  if (entry.verified_us() == 0 || copy->state() != Copy::PRESENT) return;
  copy->mutable_verified()->set_seconds(entry.verified_us() / 1'000'000);
  copy->mutable_verified()->set_nanos(static_cast<int32_t>(entry.verified_us() % 1'000'000) *
                                      1'000);
}

bool MayHaveIt(Copy::State state) { return state == Copy::UNREACHABLE || state == Copy::UNKNOWN; }

void AddCopies(const std::vector<NodeId>& nodes, Copy::Role role, Chunk* chunk) {
  for (NodeId node : nodes) {
    Copy* copy = chunk->add_copies();
    copy->set_node(node.value);
    copy->set_role(role);
    copy->set_state(Copy::UNREACHABLE);  // until it answers
  }
}

/// Nobody asks a node that was given up for anything, readers neither; one that waits never had
/// any.
bool MayHaveCopies(const v1::ClusterNode& node) {
  return node.state() != v1::ClusterNode::OUT && node.state() != v1::ClusterNode::WAITING;
}

bool HoldsData(const v1::ClusterNode& node) {
  return node.state() == v1::ClusterNode::ACTIVE || node.state() == v1::ClusterNode::DRAINING;
}

}  // namespace

/// What one node is asked, and what it said.
struct CopySurvey::Answer {
  NodeId node;
  std::vector<size_t> which;
  std::vector<v1::StatChunkResponse::Entry> entries;  // of the first of `which`
  std::string problem;                                // why there are no more
};

struct CopySurvey::Survey {
  RequestContextPtr context;
  std::vector<Asked> asked;
  bool verify = false;
  std::shared_ptr<const ClusterMap> map;
  std::vector<Chunk> chunks;
  std::map<NodeId, std::string> problems;  // of the nodes that were asked; empty: none

  void Begin(size_t at) {
    Chunk chunk;
    const PartitionId partition = map->PartitionOf(asked[at].id);
    const ReplicaSet& replicas = map->Replicas(partition);
    chunk.set_id(ToString(asked[at].id));
    chunk.set_index(asked[at].id.index);
    chunk.set_size(asked[at].size);
    chunk.set_partition(static_cast<uint32_t>(partition.value));
    chunk.set_epoch(replicas.epoch.value);
    AddCopies(replicas.serving, Copy::SERVING, &chunk);
    AddCopies(replicas.incoming, Copy::INCOMING, &chunk);
    AddCopies(replicas.leaving, Copy::LEAVING, &chunk);
    chunks[at] = std::move(chunk);
  }

  void Take(const Answer& answer) {
    std::string& problem = problems[answer.node];
    if (problem.empty()) problem = answer.problem;
    for (size_t i = 0; i < answer.which.size(); ++i) {
      const v1::StatChunkResponse::Entry* entry =
          i < answer.entries.size() ? &answer.entries[i] : nullptr;
      TakeOne(answer.node, answer.which[i], entry);
    }
  }

  /// Without an entry the node did not answer.
  void TakeOne(NodeId node, size_t at, const v1::StatChunkResponse::Entry* entry) {
    Chunk& chunk = chunks[at];
    for (Copy& copy : *chunk.mutable_copies()) {
      if (copy.node() != node.value) continue;
      if (entry != nullptr) Fill(*entry, asked[at].size, &copy);
      return;
    }
    Copy copy;
    copy.set_node(node.value);
    copy.set_role(Copy::HANDOFF);
    copy.set_state(Copy::UNREACHABLE);
    if (entry != nullptr) Fill(*entry, asked[at].size, &copy);
    if (MayHaveIt(copy.state())) {
      chunk.set_doubtful(chunk.doubtful() + 1);
    } else if (copy.state() == Copy::PRESENT || copy.state() == Copy::CORRUPT) {
      *chunk.add_copies() = std::move(copy);
    }
  }

  void Count(size_t at) {
    Chunk& chunk = chunks[at];
    uint32_t good = 0;
    std::set<std::string> zones;
    for (const Copy& copy : chunk.copies()) {
      if (copy.state() != Copy::PRESENT) continue;
      ++good;
      const v1::ClusterNode* node = map->FindNode(NodeId(copy.node()));
      if (node != nullptr) zones.insert(node->zone());
    }
    chunk.set_good(good);
    chunk.set_zones(static_cast<uint32_t>(zones.size()));
  }
};

CopySurvey::CopySurvey(Runtime& runtime, std::shared_ptr<StorageStub> storage,
                       std::shared_ptr<MapCache> maps, std::shared_ptr<NodeHealth> nodes)
    : runtime_(runtime),
      storage_(std::move(storage)),
      maps_(std::move(maps)),
      nodes_(std::move(nodes)) {}

Task<v1::ExplainObjectResponse> CopySurvey::Run(RequestContextPtr context, std::vector<Asked> asked,
                                                bool verify) {
  auto survey = std::make_shared<Survey>();
  survey->context = std::move(context);
  survey->asked = std::move(asked);
  survey->verify = verify;
  survey->chunks.resize(survey->asked.size());
  CO_ASSIGN_OR_RETURN(survey->map, maps_->WithTable());
  std::vector<size_t> all(survey->asked.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = i;
  CO_RETURN_IF_ERROR(co_await Look(survey, std::move(all)));

  std::vector<size_t> nowhere;
  for (size_t i = 0; i < survey->chunks.size(); ++i) {
    const Chunk& chunk = survey->chunks[i];
    if (chunk.good() == 0 && chunk.doubtful() == 0) nowhere.push_back(i);
  }
  if (!nowhere.empty()) {
    const absl::Status refreshed = co_await maps_->Refresh(survey->context);
    CO_ASSIGN_OR_RETURN(survey->map, maps_->WithTable());
    CO_RETURN_IF_ERROR(co_await Look(survey, nowhere));
    // Without the newest map a node that nobody asked may have it.
    if (!refreshed.ok()) {
      for (size_t i : nowhere) {
        survey->chunks[i].set_doubtful(survey->chunks[i].doubtful() + 1);
      }
    }
  }
  co_return Finish(*survey);
}

Task<void> CopySurvey::Look(std::shared_ptr<Survey> survey, std::vector<size_t> which) {
  std::map<NodeId, Answer> of_sets;
  for (size_t i : which) {
    survey->Begin(i);
    for (const Copy& copy : survey->chunks[i].copies()) {
      Answer& answer = of_sets[NodeId(copy.node())];
      answer.node = NodeId(copy.node());
      answer.which.push_back(i);
    }
  }
  std::vector<Answer> together;
  for (auto& [node, answer] : of_sets) together.push_back(std::move(answer));
  CO_RETURN_IF_ERROR(co_await AskTogether(survey, std::move(together)));

  std::vector<size_t> wanting;
  for (size_t i : which) {
    survey->Count(i);
    if (survey->chunks[i].good() < survey->map->copies()) wanting.push_back(i);
  }
  const auto& nodes = survey->map->proto().nodes();
  for (int first = 0; first < nodes.size() && !wanting.empty();) {
    together.clear();
    for (; first < nodes.size() && together.size() < kNodesTogether; ++first) {
      if (!MayHaveCopies(nodes[first])) continue;
      Answer answer;
      answer.node = NodeId(nodes[first].id());
      for (size_t i : wanting) {
        const ReplicaSet& set = survey->map->Replicas(PartitionId(survey->chunks[i].partition()));
        const bool was_asked = set.IsMember(answer.node) ||
                               std::ranges::find(set.leaving, answer.node) != set.leaving.end();
        if (!was_asked) answer.which.push_back(i);
      }
      if (!answer.which.empty()) together.push_back(std::move(answer));
    }
    CO_RETURN_IF_ERROR(co_await AskTogether(survey, std::move(together)));
  }
  for (size_t i : which) {
    survey->Count(i);
    Chunk& chunk = survey->chunks[i];
    for (const Copy& copy : chunk.copies()) {
      if (MayHaveIt(copy.state())) chunk.set_doubtful(chunk.doubtful() + 1);
    }
  }
  co_return absl::OkStatus();
}

Task<void> CopySurvey::AskTogether(std::shared_ptr<Survey> survey, std::vector<Answer> answers) {
  using Said = OneShot<absl::StatusOr<Answer>>;
  std::vector<std::shared_ptr<Said>> asked;
  for (Answer& answer : answers) {
    if (const auto known = survey->problems.find(answer.node);
        known != survey->problems.end() && !known->second.empty()) {
      survey->Take(answer);  // as before
      continue;
    }
    const v1::ClusterNode* node = survey->map->FindNode(answer.node);
    std::string endpoint = node == nullptr ? std::string() : node->endpoint();
    auto said = std::make_shared<Said>();
    asked.push_back(said);
    runtime_.Spawn(AskNode(survey, std::move(endpoint), std::move(answer)),
                   [said](absl::StatusOr<Answer> one) { said->Set(std::move(one)); });
  }
  for (const auto& said : asked) {
    const auto answer = co_await Said::Wait(said);
    if (answer.ok()) survey->Take(*answer);
  }
  if (survey->context->cancellation->cancelled()) co_return absl::CancelledError("cancelled");
  co_return absl::OkStatus();
}

Task<CopySurvey::Answer> CopySurvey::AskNode(std::shared_ptr<const Survey> survey,
                                             std::string endpoint, Answer answer) {
  const size_t most = survey->verify ? kVerifiedPerCall : kChunksPerCall;
  while (answer.entries.size() < answer.which.size()) {
    const size_t begin = answer.entries.size();
    const size_t end = std::min(answer.which.size(), begin + most);
    v1::StatChunkRequest request;
    request.set_node(answer.node.value);
    request.set_verify(survey->verify);
    for (size_t i = begin; i < end; ++i) {
      *request.add_chunks() = ToProto(survey->asked[answer.which[i]].id);
    }
    auto response = co_await storage_->StatChunk(survey->context, endpoint, std::move(request));
    if (!response.ok()) {
      answer.problem = std::string(response.status().message());
      if (answer.problem.empty()) answer.problem = "it did not answer";
      break;
    }
    if (static_cast<size_t>(response->entries_size()) != end - begin) {
      answer.problem = absl::StrCat("it answered about ", response->entries_size(), " of ",
                                    end - begin, " chunks");
      break;
    }
    for (v1::StatChunkResponse::Entry& entry : *response->mutable_entries()) {
      answer.entries.push_back(std::move(entry));
    }
  }
  co_return answer;
}

v1::ExplainObjectResponse CopySurvey::Finish(Survey& survey) {
  v1::ExplainObjectResponse response;
  response.set_map_epoch(survey.map->epoch().value);
  response.set_copies(survey.map->copies());
  std::set<std::string> zones;
  v1::ClusterStatus described;
  for (const v1::ClusterNode& node : survey.map->proto().nodes()) {
    if (HoldsData(node)) zones.insert(node.zone());
    if (survey.problems.contains(NodeId(node.id()))) {
      *described.add_nodes()->mutable_node() = node;
    }
  }
  response.set_zones(static_cast<uint32_t>(zones.size()));
  Describe(*nodes_, &described);
  for (v1::NodeStatus& node : *described.mutable_nodes()) {
    v1::ExplainObjectResponse::Node* added = response.add_nodes();
    added->set_breaker(node.breaker());
    added->set_problem(survey.problems.at(NodeId(node.node().id())));
    *added->mutable_node() = std::move(*node.mutable_node());
  }
  v1::ExplainObjectResponse::Summary& summary = *response.mutable_summary();
  bool first = true;
  for (Chunk& chunk : survey.chunks) {
    const uint32_t good = chunk.good();
    if (good >= survey.map->copies()) {
      summary.set_full(summary.full() + 1);
    } else if (good >= 2) {
      summary.set_fewer(summary.fewer() + 1);
    } else if (good == 1) {
      summary.set_one(summary.one() + 1);
    } else {
      summary.set_none(summary.none() + 1);
      if (chunk.doubtful() == 0) summary.set_lost(summary.lost() + 1);
    }
    summary.set_least_copies(first ? good : std::min(summary.least_copies(), good));
    summary.set_most_copies(std::max(summary.most_copies(), good));
    summary.set_least_zones(first ? chunk.zones() : std::min(summary.least_zones(), chunk.zones()));
    first = false;
    *response.add_chunks() = std::move(chunk);
  }
  return response;
}

}  // namespace trebol
