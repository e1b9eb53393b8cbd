#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/s3/door/routes.h"

namespace trebol {
namespace {

constexpr char kPage[] = TREBOL_TREE "/docs/s3.md";
constexpr char kBegin[] = "<!-- routes -->\n";
constexpr char kEnd[] = "<!-- end of routes -->\n";

std::string RequestOf(const S3Route& row) {
  std::string text = absl::StrCat(row.method, row.scope == S3Scope::kService  ? " /"
                                              : row.scope == S3Scope::kBucket ? " /BUCKET"
                                                                              : " /BUCKET/KEY");
  if (*row.query != '\0') absl::StrAppend(&text, "?", row.query);
  if (*row.header != '\0') absl::StrAppend(&text, " with ", row.header);
  return text;
}

std::string NeedsOf(const S3Route& row) {
  if (row.action.has_value()) return absl::StrCat("to ", ActionName(*row.action), " the bucket");
  switch (row.operation) {
    case S3Operation::kListBuckets:
      return "a key";
    case S3Operation::kCreateBucket:
      return "a key; the bucket is its user's then";
    case S3Operation::kPostObject:
      return "to put objects into the bucket; the form is signed";
    default:
      return "nothing";
  }
}

std::string Table() {
  std::string table = "| operation | request | needs |\n|---|---|---|\n";
  for (const S3Route& row : S3Routes()) {
    std::string name = row.name;
    if (row.operation == S3Operation::kProbe) {
      const bool removes = absl::string_view(row.method) == "DELETE";
      absl::StrAppend(&name, removes             ? " (nothing to do)"
                             : *row.none == '\0' ? " (empty)"
                                                 : absl::StrCat(" (`", row.none, "`)"));
    }
    absl::StrAppend(&table, "| ", name, " | `", RequestOf(row), "` | ", NeedsOf(row), " |\n");
  }
  return table;
}

TEST(S3Reference, SaysWhatTheRoutesSay) {
  std::stringstream stream;
  stream << std::ifstream(kPage).rdbuf();
  const std::string page = stream.str();
  const size_t begin = page.find(kBegin);
  const size_t end = page.find(kEnd);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const std::string made = absl::StrCat(page.substr(0, begin), kBegin, Table(), page.substr(end));
  if (getenv("TREBOL_WRITE_DOCS") != nullptr) std::ofstream(kPage) << made;
  std::stringstream written;
  written << std::ifstream(kPage).rdbuf();
  EXPECT_TRUE(written.str() == made) << kPage << " is not what the routes say; run ./dev docs";
}

}  // namespace
}  // namespace trebol
