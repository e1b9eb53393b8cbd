#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cli/command_line.h"
#include "cli/object_url.h"
#include "cli/verbs.h"
#include "common/base/status_macros.h"
#include "common/config/quantities.h"
#include "common/sigv4/signer.h"
#include "common/sigv4/sigv4.h"
#include "common/sigv4/uri_encoding.h"

namespace trebol::cli {
namespace {

constexpr char kDefaultS3[] = "http://127.0.0.1:9000";

std::string FirstOf(Console& console, std::initializer_list<const char*> names,
                    const char* otherwise) {
  for (const char* name : names) {
    const std::string value = console.environment().variable(name).value_or("");
    if (!value.empty()) return value;
  }
  return otherwise;
}

struct Link {
  std::string s3;  // "http[s]://HOST[:PORT]"
  std::string method;
  absl::Duration validity;
  std::string region;
};

absl::StatusOr<std::string> Presign(const Link& link, const ObjectUrl& url, const AccessPair& key,
                                    absl::Time now) {
  if (key.id.empty() || key.secret.empty()) {
    return absl::InvalidArgumentError(
        "a link is signed with a key: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
        "--credentials FILE");
  }
  const std::string base(absl::StripSuffix(link.s3, "/"));
  const size_t host = base.find("://");
  const bool good = (absl::StartsWith(base, "http://") || absl::StartsWith(base, "https://")) &&
                    base.find('/', host + 3) == std::string::npos && base.size() > host + 3;
  if (!good) {
    return absl::InvalidArgumentError(
        absl::StrCat("the S3 endpoint '", link.s3, "' is not http[s]://HOST[:PORT]"));
  }
  const std::string path =
      absl::StrCat("/", url.bucket, "/", sigv4::UriEncode(url.key, sigv4::Slash::kKeep));
  const sigv4::Signer signer({key.id, key.secret}, link.region);
  ASSIGN_OR_RETURN(const std::string query,
                   signer.Presign(now, link.validity,
                                  {link.method, path, "", {{"host", base.substr(host + 3)}}}));
  return absl::StrCat(base, path, "?", query);
}

}  // namespace

void PresignVerb(const Arguments& arguments, Console& console) {
  Arguments words;
  std::string expires = "1h";
  Link link{.s3 = FirstOf(console, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"}, kDefaultS3),
            .method = "GET",
            .validity = absl::Hours(1),
            .region = FirstOf(console, {"AWS_REGION", "AWS_DEFAULT_REGION"}, "us-east-1")};
  CommandLine line("presign", "trebol://BUCKET/KEY",
                   "Prints a link by which anybody may read an object, without a key, for a time.\n"
                   "Nobody is asked: whether the object is there, the link will tell.",
                   console);
  line.Positionals(&words, 1, 1);
  line.Option("--expires", &expires, "TIME", "How long it is good: 1s to 7d; 1h if not given");
  line.Option("--method", &link.method, "GET|PUT|HEAD|DELETE", "What it is for; GET if not given");
  line.Option("--s3-endpoint", &link.s3, "URL",
              "Where S3 is reached; else AWS_ENDPOINT_URL, else http://127.0.0.1:9000");
  line.Example("trebol presign --expires 7d trebol://photos/beach.jpg");
  if (!line.Parse(arguments)) return;
  const auto url = ParseKeyUrl(words[0]);
  if (!url.ok()) return console.Usage(url.status().message());
  const auto validity = ParseDuration(expires);
  if (!validity.ok() || *validity < sigv4::kMinValidity || *validity > sigv4::kMaxValidity ||
      *validity != absl::Trunc(*validity, absl::Seconds(1))) {
    return console.Usage(
        absl::StrCat("--expires '", expires, "' is not a time of 1s to 7d in whole seconds"));
  }
  link.validity = *validity;
  absl::AsciiStrToUpper(&link.method);
  if (link.method != "GET" && link.method != "PUT" && link.method != "HEAD" &&
      link.method != "DELETE") {
    return console.Usage(
        absl::StrCat("--method '", link.method, "' is not GET, PUT, HEAD or DELETE"));
  }
  const auto key = line.Key();
  const auto presigned =
      key.ok() ? Presign(link, *url, *key, console.environment().clock.WallTime()) : key.status();
  if (!presigned.ok()) return console.Fail("presign", presigned.status());
  console.Print(*presigned);
}

}  // namespace trebol::cli
