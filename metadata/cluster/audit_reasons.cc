#include "metadata/cluster/audit_reasons.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace trebol {
namespace {

constexpr size_t kChunksNamed = 3;

std::string Describe(const AuditFinding& finding) {
  std::string text =
      absl::StrCat("chunk ", finding.chunk, " (bytes ", finding.offset, " to ",
                   finding.offset + finding.bytes - 1, ") of version ", ToString(finding.version));
  if (finding.bucket.empty()) return absl::StrCat(text, ", ", finding.why);
  if (finding.part > 0) absl::StrAppend(&text, ", part ", finding.part);
  return absl::StrCat(text, " of trebol://", finding.bucket, "/", absl::CHexEscape(finding.key),
                      ", ", finding.why);
}

std::string LostReason(const ChunkAudit::Report& report) {
  std::vector<std::string> named;
  for (const AuditFinding& finding : report.findings) {
    if (named.size() == kChunksNamed) break;
    named.push_back(Describe(finding));
  }
  return absl::StrCat("no node has a copy of ", report.lost,
                      report.lost == 1 ? " chunk: " : " chunks: ", absl::StrJoin(named, "; "),
                      report.lost > named.size() ? "; and others" : "",
                      ". These objects cannot be read whole: write them again, or delete them");
}

}  // namespace

std::vector<std::string> AuditReasons(const ChunkAudit::Report& chunks,
                                      const OrphanAudit::Report& orphans) {
  std::vector<std::string> reasons;
  if (chunks.lost > 0) reasons.push_back(LostReason(chunks));
  if (!orphans.held.empty()) reasons.push_back(orphans.held);
  return reasons;
}

}  // namespace trebol
