#include "cli/job_table.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/human.h"
#include "cli/table.h"

namespace trebol::cli {
namespace {

std::string FormatRate(const client::Job& job) {
  if (job.rate < 0.05) return "-";
  if (job.unit == "bytes") return HumanBytes(static_cast<uint64_t>(job.rate)) + "/s";
  return absl::StrCat(job.rate < 10 ? job.rate : static_cast<double>(static_cast<int>(job.rate)),
                      "/s");
}

std::string FormatLeft(const client::Job& job) {
  if (job.state != "running" || job.seconds_left < 0) return "-";
  return HumanDuration(absl::Seconds(job.seconds_left));
}

std::string Remarks(const client::Job& job) {
  std::vector<std::string> remarks;
  if (!job.nodes.empty()) remarks.push_back(absl::StrCat("node ", absl::StrJoin(job.nodes, ", ")));
  if (job.passes > 0) {
    remarks.push_back(absl::StrCat(job.passes, job.passes == 1 ? " pass" : " passes"));
  }
  if (!job.problem.empty()) remarks.push_back(Printable(job.problem));
  return absl::StrJoin(remarks, "; ");
}

}  // namespace

std::string FormatDone(const client::Job& job) {
  if (job.total == 0 && job.done == 0) return "-";
  const auto number = [&job](uint64_t value) {
    return job.unit == "bytes" ? HumanBytes(value) : absl::StrCat(value);
  };
  const std::string total =
      job.total == 0 ? number(job.done) : absl::StrCat(number(job.done), " of ", number(job.total));
  return job.unit == "bytes" ? total : absl::StrCat(total, " ", Printable(job.unit));
}

std::vector<std::string> JobLines(const std::vector<client::Job>& jobs) {
  std::vector<std::vector<std::string>> rows = {{"JOB", "STATE", "DONE", "RATE", "LEFT", ""}};
  for (const client::Job& job : jobs) {
    rows.push_back({Printable(job.id), Printable(job.state), FormatDone(job), FormatRate(job),
                    FormatLeft(job), Remarks(job)});
  }
  return AlignColumns(rows, {3, 4});
}

std::vector<std::string> JobHistoryLines(const std::vector<client::Job>& jobs) {
  std::vector<std::vector<std::string>> rows = {{"JOB", "STATE", "DONE", "ENDED", "TOOK", ""}};
  for (const client::Job& job : jobs) {
    const bool known = job.began != absl::InfinitePast();
    rows.push_back({Printable(job.id), Printable(job.state), FormatDone(job), LocalTime(job.ended),
                    known ? HumanDuration(job.ended - job.began) : "-", Remarks(job)});
  }
  return AlignColumns(rows, {4});
}

}  // namespace trebol::cli
