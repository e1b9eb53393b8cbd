#include "cli/node_change.h"

#include "absl/strings/str_cat.h"
#include "cli/human.h"
#include "cli/json.h"
#include "cli/node_plan.h"
#include "cli/node_wait.h"
#include "common/base/error.h"

namespace trebol::cli {

NodeChangeVerb::NodeChangeVerb(CommandLine* line) : line_(*line) {
  line_.Flag("--plan", &plan_, "Shows what would move, and changes nothing");
  line_.Flag("-y,--yes", &yes_, "Does not ask");
  line_.Flag("--wait", &wait_, "Shows the progress until all has moved");
  line_.Flag("--json", &json_, "The plan as one JSON object");
}

void NodeChangeVerb::Run(const client::NodeChange& change, Console& console) {
  const auto client = line_.Connect({.timeout = absl::Seconds(60)});
  if (!client.ok()) return console.Usage(client.status().message());
  const auto plan = client->PlanNodeChange(change);
  if (!plan.ok()) return console.Fail("", plan.status());
  if (json_ && (plan_ || !plan->refusals.empty())) console.Print(PlanJson(*plan));
  if (!json_) PrintPlan(*plan, console);
  for (const std::string& refusal : plan->refusals) {
    console.Fail("", MakeError(absl::StatusCode::kFailedPrecondition, v1::CHANGE_REFUSED, refusal));
  }
  if (!plan->refusals.empty() || plan_) return;
  if (!plan->changes_nothing && !yes_ && !console.Confirm("Go ahead?")) {
    return console.Usage("nothing was changed; say --yes to go ahead without a question");
  }
  Apply(*client, change, console);
}

void NodeChangeVerb::Apply(const client::Client& client, const client::NodeChange& change,
                           Console& console) {
  const auto applied = client.ApplyNodeChange(change);
  if (!applied.ok()) return console.Fail("", applied.status());
  console.Succeed();
  if (json_) console.Print(PlanJson(*applied));
  if (wait_) return AwaitMoves(client, *applied, console);
  if (!json_ && applied->moved_copies > 0) {
    console.Print("begun; 'trebol cluster status' shows how far it is");
  }
}

}  // namespace trebol::cli
