#include "common/rpc/identity.h"

#include <fcntl.h>
#include <grpcpp/client_context.h>
#include <grpcpp/server_context.h>
#include <openssl/crypto.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"

namespace trebol {
namespace {

constexpr char kClusterHeader[] = "trebol-cluster";
constexpr char kGenerationHeader[] = "trebol-generation";
constexpr char kSecretHeader[] = "trebol-secret";

absl::string_view HeaderOf(const grpc::CallbackServerContext& context, const char* name) {
  const auto& headers = context.client_metadata();
  const auto found = headers.find(name);
  if (found == headers.end()) return {};
  return {found->second.data(), found->second.size()};
}

bool SameSecret(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

Identity::Identity(std::string secret)
    : secret_(std::move(secret)), headers_(std::make_shared<Headers>()) {}

void Identity::Adopt(std::string cluster_id, Generation generation) {
  auto headers = std::make_shared<Headers>();
  headers->cluster_id = std::move(cluster_id);
  headers->generation = generation;
  headers->generation_text = ToHex(generation.value);
  MutexLock lock(&mutex_);
  headers_ = std::move(headers);
}

std::shared_ptr<const Identity::Headers> Identity::headers() const {
  MutexLock lock(&mutex_);
  return headers_;
}

std::string Identity::cluster_id() const { return headers()->cluster_id; }

Generation Identity::generation() const { return headers()->generation; }

void Identity::Stamp(grpc::ClientContext* context) const {
  const auto headers = this->headers();
  context->AddMetadata(kSecretHeader, secret_);
  if (headers->cluster_id.empty()) return;
  context->AddMetadata(kClusterHeader, headers->cluster_id);
  context->AddMetadata(kGenerationHeader, headers->generation_text);
}

absl::Status Identity::Check(const grpc::CallbackServerContext& context,
                             Newcomers newcomers) const {
  if (!SameSecret(HeaderOf(context, kSecretHeader), secret_)) {
    return MakeError(absl::StatusCode::kUnauthenticated, v1::WRONG_SECRET,
                     "the cluster secret is wrong or missing; give the calling process the "
                     "--cluster-secret-file that metadata wrote (DATA/cluster.secret)");
  }
  const auto own = headers();
  if (own->cluster_id.empty()) {
    return MakeError(absl::StatusCode::kUnavailable, v1::NOT_READY,
                     "this process has not joined its cluster yet; try again");
  }
  const absl::string_view cluster = HeaderOf(context, kClusterHeader);
  if (cluster.empty() && newcomers == Newcomers::kAdmitted) return absl::OkStatus();
  if (cluster != own->cluster_id) {
    return MakeError(absl::StatusCode::kFailedPrecondition, v1::WRONG_CLUSTER,
                     absl::StrCat("the server that was called belongs to cluster ", own->cluster_id,
                                  ", its caller to cluster '", cluster,
                                  "'; check --metadata and --data of the caller"));
  }
  const absl::string_view generation = HeaderOf(context, kGenerationHeader);
  if (generation != own->generation_text) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, v1::WRONG_GENERATION,
        absl::StrCat("the server that was called serves generation ", own->generation_text,
                     " of the namespace, its caller knows generation '", generation,
                     "'; an operator must confirm the succession"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Identity::ReadSecretFile(const std::string& path) {
  const auto bad = [&path](absl::string_view what) {
    return absl::FailedPreconditionError(
        absl::StrCat("--cluster-secret-file ", path, ": ", what,
                     "; metadata writes it to DATA/cluster.secret at its first start"));
  };
  if (path.empty()) {
    return absl::FailedPreconditionError(
        "--cluster-secret-file is missing: servers of a cluster know each other by the secret that "
        "metadata writes to DATA/cluster.secret at its first start");
  }
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return bad("the file does not exist or cannot be read");
  if ((info.st_mode & (S_IRGRP | S_IROTH)) != 0) {
    return bad("others may read it (chmod 600 it)");
  }
  std::ifstream in(path);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  text = std::string(absl::StripAsciiWhitespace(text));
  if (text.size() < 32) return bad("it holds no secret of at least 32 characters");
  return text;
}

}  // namespace trebol
