#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/http/request_head.h"
#include "common/sigv4/signer.h"
#include "gateway/s3/door/s3_server.h"
#include "tests/testing/api_rig.h"

namespace trebol {

/// What came back. A value.
struct DoorAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  /// Of an error; "" for none.
  std::string Code() const;
  std::string Header(const std::string& name) const;
};

/// The S3 door on a port of this machine, over the real operations and the real commands of
/// metadata, with rows and nodes in memory. The bucket "bucket" is alice's; root, alice and bob
/// have keys of their names.
class DoorRig {
 public:
  explicit DoorRig(S3ServerOptions options = {});
  ~DoorRig();

  /// Nobody; or the user of this name, whose secret is "secret of NAME".
  using Who = std::optional<std::string>;
  static sigv4::Credentials KeyOf(const std::string& user);

  /// "GET", "/bucket/key?query", signed by `who`. Host and Content-Length are added.
  DoorAnswer Ask(const Who& who, const std::string& method, const std::string& target,
                 const std::string& body = "",
                 const std::vector<std::pair<std::string, std::string>>& headers = {});
  /// As it is.
  DoorAnswer Send(RequestHead head, const std::string& body);
  std::string host() const { return server_->endpoint(); }

  void Grant(const std::string& user, v1::Grant::Right right);
  void LetAnybody(v1::BucketAccess::Anonymous anonymous);
  ApiRig& api() { return api_; }

 private:
  ApiRig api_;
  std::unique_ptr<S3Server> server_;
};

}  // namespace trebol
