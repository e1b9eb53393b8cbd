#include "common/base/error.h"
#include "metadata/catalog/commands.h"

namespace trebol::catalog {

namespace {

absl::StatusOr<v1::Outcome> Dispatch(Transaction& rows, const v1::Command& command,
                                     const ApplyContext& context) {
  switch (command.kind_case()) {
    case v1::Command::kBeginTerm:
      return BeginTerm(rows, command.begin_term(), context);
    case v1::Command::kOpenSession:
      return OpenSession(rows, command.open_session(), context);
    case v1::Command::kRenewSession:
      return RenewSession(rows, command.renew_session(), context);
    case v1::Command::kCloseSession:
      return CloseSession(rows, command.close_session(), context);
    case v1::Command::kCreateBucket:
      return CreateBucket(rows, command.create_bucket(), context);
    case v1::Command::kDeleteBucket:
      return DeleteBucket(rows, command.delete_bucket(), context);
    case v1::Command::kPutObject:
      return PutObject(rows, command.put_object(), context);
    case v1::Command::kAbandonVersion:
      return AbandonVersion(rows, command.abandon_version(), context);
    case v1::Command::kDeleteObject:
      return DeleteObject(rows, command.delete_object(), context);
    case v1::Command::kOfferVersions:
      return OfferVersions(rows, command.offer_versions(), context);
    case v1::Command::kFinishGarbage:
      return FinishGarbage(rows, command.finish_garbage(), context);
    case v1::Command::kRegisterNode:
      return RegisterNode(rows, command.register_node(), context);
    case v1::Command::kInstallMap:
      return InstallMap(rows, command.install_map(), context);
    case v1::Command::kRecordPositions:
      return RecordPositions(rows, command.record_positions(), context);
    case v1::Command::kFreezeCollection:
      return FreezeCollection(rows, command.freeze_collection(), context);
    case v1::Command::kCreateCluster:
      return CreateCluster(rows, command.create_cluster(), context);
    case v1::Command::kSettleSessions:
      return SettleSessions(rows, command.settle_sessions(), context);
    case v1::Command::kCopyObject:
      return CopyObject(rows, command.copy_object(), context);
    case v1::Command::kDeleteObjects:
      return DeleteObjects(rows, command.delete_objects(), context);
    case v1::Command::kCreateUpload:
      return CreateUpload(rows, command.create_upload(), context);
    case v1::Command::kPutPart:
      return PutPart(rows, command.put_part(), context);
    case v1::Command::kCompleteUpload:
      return CompleteUpload(rows, command.complete_upload(), context);
    case v1::Command::kAbortUpload:
      return AbortUpload(rows, command.abort_upload(), context);
    case v1::Command::kSetBucketVersioning:
      return SetBucketVersioning(rows, command.set_bucket_versioning(), context);
    case v1::Command::kSetBucketTags:
      return SetBucketTags(rows, command.set_bucket_tags(), context);
    case v1::Command::kSetObjectTags:
      return SetObjectTags(rows, command.set_object_tags(), context);
    case v1::Command::kExpandGarbage:
      return ExpandGarbage(rows, command.expand_garbage(), context);
    case v1::Command::kChangeMap:
      return ChangeMap(rows, command.change_map(), context);
    case v1::Command::kChangeJobs:
      return ChangeJobs(rows, command.change_jobs(), context);
    case v1::Command::kSetBucketAccess:
      return SetBucketAccess(rows, command.set_bucket_access(), context);
    case v1::Command::kSetBucketQuota:
      return SetBucketQuota(rows, command.set_bucket_quota(), context);
    case v1::Command::kSetBucketCors:
      return SetBucketCors(rows, command.set_bucket_cors(), context);
    case v1::Command::kPutAccessKey:
      return PutAccessKey(rows, command.put_access_key(), context);
    case v1::Command::kDeleteAccessKey:
      return DeleteAccessKey(rows, command.delete_access_key(), context);
    case v1::Command::kSetRootKey:
      return SetRootKey(rows, command.set_root_key(), context);
    case v1::Command::KIND_NOT_SET:
      break;
  }
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                   "the command is empty, or of a kind that this release does not know; use the "
                   "same release everywhere");
}

}  // namespace

absl::StatusOr<v1::Outcome> Apply(Transaction& rows, const v1::Command& command,
                                  const ApplyContext& context) {
  ApplyContext with_command = context;
  with_command.command = &command;
  return Dispatch(rows, command, with_command);
}

}  // namespace trebol::catalog
