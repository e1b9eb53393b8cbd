#include "tests/unit/s3/door_rig.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/check.h"
#include "common/sigv4/digest.h"
#include "tests/unit/http/raw_client.h"

namespace trebol {
namespace {

DoorAnswer ReadAnswer(const std::string& text, bool is_head) {
  DoorAnswer answer;
  const size_t end = text.find("\r\n\r\n");
  if (end == std::string::npos) return answer;
  const std::vector<std::string> lines = absl::StrSplit(text.substr(0, end), "\r\n");
  TREBOL_CHECK(absl::SimpleAtoi(lines[0].substr(9, 3), &answer.status));
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::pair<std::string, std::string> pair =
        absl::StrSplit(lines[i], absl::MaxSplits(": ", 1));
    answer.headers[absl::AsciiStrToLower(pair.first)] = pair.second;
  }
  if (!is_head) answer.body = text.substr(end + 4);
  return answer;
}

}  // namespace

std::string DoorAnswer::Code() const {
  const size_t begin = body.find("<Code>");
  if (begin == std::string::npos) return "";
  return body.substr(begin + 6, body.find("</Code>") - begin - 6);
}

std::string DoorAnswer::Header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

sigv4::Credentials DoorRig::KeyOf(const std::string& user) {
  return {"key-of-" + user, "secret-of-" + user};
}

DoorRig::DoorRig(S3ServerOptions options) {
  for (const std::string user : {"root", "alice", "bob"}) {
    v1::Command command;
    v1::AccessKeyRow row;
    row.set_id(KeyOf(user).access_key_id);
    row.set_secret(KeyOf(user).secret);
    if (user == "root") {
      command.mutable_set_root_key()->set_id(row.id());
      command.mutable_set_root_key()->set_secret(row.secret());
      TREBOL_CHECK(api_.catalog->Run(command).ok());
      continue;
    }
    v1::ImportAccessKeyRequest import;
    import.set_id(row.id());
    import.set_secret(row.secret());
    import.set_user(user);
    TREBOL_CHECK(api_.Await(api_.keys->Import(api_.context, import)).ok());
  }
  v1::SetBucketAccessRequest owner;
  owner.set_bucket("bucket");
  owner.set_owner("alice");
  TREBOL_CHECK(api_.Await(api_.api.buckets->SetAccess(api_.context, owner)).ok());
  options.listen = "127.0.0.1:0";
  S3Server::Needs needs{.operations = api_.api,
                        .buckets = api_.gateway.buckets,
                        .keys = api_.key_cache,
                        .health = [](absl::string_view which) {
                          return which == "cluster" ? absl::UnavailableError("too few nodes")
                                                    : absl::OkStatus();
                        }};
  auto server = S3Server::Start(api_.gateway.runtime, options, std::move(needs));
  TREBOL_CHECK(server.ok());
  server_ = *std::move(server);
}

DoorRig::~DoorRig() { server_->Shutdown(absl::ZeroDuration()); }

DoorAnswer DoorRig::Ask(const Who& who, const std::string& method, const std::string& target,
                        const std::string& body,
                        const std::vector<std::pair<std::string, std::string>>& headers) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(target, absl::MaxSplits('?', 1));
  RequestHead head{method, parts.first, parts.second, headers};
  if (head.Count("host") == 0) head.headers.emplace_back("host", host());
  if (who.has_value()) {
    const sigv4::Signer signer(KeyOf(*who), "us-east-1");
    TREBOL_CHECK(signer.Sign(absl::Now(), sigv4::Sha256Hex(body), &head).ok());
  }
  return Send(std::move(head), body);
}

DoorAnswer DoorRig::Send(RequestHead head, const std::string& body) {
  std::string text = absl::StrCat(head.method, " ", head.path, head.query.empty() ? "" : "?",
                                  head.query, " HTTP/1.1\r\n");
  for (const auto& [name, value] : head.headers) absl::StrAppend(&text, name, ": ", value, "\r\n");
  if (head.Count("content-length") == 0 && head.Count("transfer-encoding") == 0) {
    absl::StrAppend(&text, "Content-Length: ", body.size(), "\r\n");
  }
  absl::StrAppend(&text, "Connection: close\r\n\r\n", body);
  const std::vector<std::string> address = absl::StrSplit(host(), ':');
  int port = 0;
  TREBOL_CHECK(absl::SimpleAtoi(address.back(), &port));
  RawClient client(static_cast<uint16_t>(port));
  client.Send(text);
  return ReadAnswer(client.ReadAll(), head.method == "HEAD");
}

void DoorRig::Grant(const std::string& user, v1::Grant::Right right) {
  v1::SetBucketAccessRequest set;
  set.set_bucket("bucket");
  v1::Grant& grant = *set.add_grants();
  grant.set_user(user);
  grant.set_right(right);
  TREBOL_CHECK(api_.Await(api_.api.buckets->SetAccess(api_.context, set)).ok());
}

void DoorRig::LetAnybody(v1::BucketAccess::Anonymous anonymous) {
  v1::SetBucketAccessRequest set;
  set.set_bucket("bucket");
  set.set_anonymous(anonymous);
  TREBOL_CHECK(api_.Await(api_.api.buckets->SetAccess(api_.context, set)).ok());
}

}  // namespace trebol
