#include "gateway/object/delete_object.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/object/preconditions.h"
#include "common/object/version_ref.h"

namespace trebol {
namespace {

// A transaction of deletes: far below kMaxTransactionSize, and a few milliseconds at most.
constexpr size_t kTransactionBytes = 64 * kKiB;
constexpr int kTransactionEntries = 250;

v1::DeleteObjectResponse ResponseOf(const std::string& version,
                                    const v1::DeleteObjectOutcome& outcome) {
  v1::DeleteObjectResponse response;
  response.set_existed(outcome.existed());
  response.set_delete_marker(outcome.delete_marker());
  if (outcome.has_marker()) {
    // "null" for one that the next put replaces.
    response.set_version(outcome.marker().versioned() ? VersionString(outcome.marker()) : "null");
  } else {
    response.set_version(version);
  }
  return response;
}

using Entries = google::protobuf::RepeatedPtrField<v1::DeleteObjectsCommand::Entry>;

absl::StatusOr<Entries> Check(const v1::DeleteObjectsRequest& request) {
  RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  if (request.entries().empty() || request.entries_size() > kMaxDeletesPerCall) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     absl::StrCat(request.entries_size(), " deletes were asked for; 1 to ",
                                  kMaxDeletesPerCall, " go into one call"));
  }
  Entries entries;
  for (const v1::DeleteObjectsRequest::Entry& entry : request.entries()) {
    RETURN_IF_ERROR(ValidateObjectKey(entry.key()));
    RETURN_IF_ERROR(ValidateWritePreconditions(entry.preconditions()));
    v1::DeleteObjectsCommand::Entry& added = *entries.Add();
    added.set_key(entry.key());
    if (!entry.version().empty()) {
      ASSIGN_OR_RETURN(*added.mutable_version(), ParseVersion(entry.version()));
    }
    if (entry.has_preconditions()) *added.mutable_preconditions() = entry.preconditions();
  }
  return entries;
}

// Entries from `first` on, as many as one transaction takes.
Entries Part(const Entries& all, int first) {
  Entries part;
  size_t bytes = 0;
  for (int i = first; i < all.size() && part.size() < kTransactionEntries; ++i) {
    bytes += all[i].ByteSizeLong();
    if (bytes > kTransactionBytes && !part.empty()) break;
    *part.Add() = all[i];
  }
  return part;
}

}  // namespace

Task<v1::DeleteObjectResponse> DeleteObject::Run(RequestContextPtr context,
                                                 v1::DeleteObjectRequest request) {
  CO_RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  CO_RETURN_IF_ERROR(ValidateObjectKey(request.key()));
  CO_RETURN_IF_ERROR(ValidateWritePreconditions(request.preconditions()));
  v1::VersionRef version;
  if (!request.version().empty()) {
    CO_ASSIGN_OR_RETURN(version, ParseVersion(request.version()));
  }
  auto make = [&](const v1::OperationId& operation) {
    v1::Command command;
    v1::DeleteObjectCommand& remove = *command.mutable_delete_object();
    *remove.mutable_operation() = operation;
    remove.set_bucket(request.bucket());
    remove.set_key(request.key());
    if (!request.version().empty()) *remove.mutable_version() = version;
    if (request.has_preconditions()) *remove.mutable_preconditions() = request.preconditions();
    return command;
  };
  CO_ASSIGN_OR_RETURN(const v1::Outcome outcome,
                      co_await commands_->Run(context, request.operation(), make));
  co_return ResponseOf(request.version(), outcome.delete_object());
}

Task<v1::DeleteObjectsResponse> DeleteObject::RunMany(RequestContextPtr context,
                                                      v1::DeleteObjectsRequest request) {
  CO_ASSIGN_OR_RETURN(const Entries entries, Check(request));
  v1::DeleteObjectsResponse response;
  while (response.results_size() < entries.size()) {
    const int first = request.operation().session() == 0 ? 0 : response.results_size();
    auto make = [&](const v1::OperationId& operation) {
      v1::Command command;
      v1::DeleteObjectsCommand& remove = *command.mutable_delete_objects();
      *remove.mutable_operation() = operation;
      remove.set_bucket(request.bucket());
      // Parts of a call without an id of its own are calls of their own.
      remove.set_first(static_cast<uint32_t>(first));
      *remove.mutable_entries() = Part(entries, response.results_size());
      return command;
    };
    CO_ASSIGN_OR_RETURN(const v1::Outcome outcome,
                        co_await commands_->Run(context, request.operation(), make));
    if (outcome.delete_objects().results().empty()) {
      co_return absl::InternalError("metadata answered no results for deletes");
    }
    for (const v1::DeleteObjectsOutcome::Result& result : outcome.delete_objects().results()) {
      const std::string& version = request.entries(response.results_size()).version();
      v1::DeleteObjectsResponse::Result& added = *response.add_results();
      if (result.has_error()) {
        added.set_code(result.error().code());
        added.set_reason(result.error().reason());
        added.set_message(result.error().message());
      } else {
        *added.mutable_deleted() = ResponseOf(version, result.deleted());
      }
    }
  }
  co_return response;
}

}  // namespace trebol
