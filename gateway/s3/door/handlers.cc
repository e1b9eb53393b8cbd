#include "gateway/s3/door/handlers.h"

#include "common/base/status_macros.h"
#include "gateway/s3/door/acl_handlers.h"
#include "gateway/s3/door/bucket_handlers.h"
#include "gateway/s3/door/cors_answer.h"
#include "gateway/s3/door/list_handlers.h"
#include "gateway/s3/door/post_handler.h"
#include "gateway/s3/door/read_handlers.h"
#include "gateway/s3/door/upload_handlers.h"
#include "gateway/s3/door/write_handlers.h"

namespace trebol {
namespace {

Task<void> ServePreflight(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(HttpHeaders headers,
                      PreflightHeaders(request->bucket.cors(), request->head()));
  co_return co_await request->Send(EmptyAnswer(200, std::move(headers)));
}

}  // namespace

S3Handler HandlerOf(S3Operation operation) {
  switch (operation) {
    case S3Operation::kListBuckets:
      return ServeListBuckets;
    case S3Operation::kCreateBucket:
      return ServeCreateBucket;
    case S3Operation::kDeleteBucket:
      return ServeDeleteBucket;
    case S3Operation::kHeadBucket:
      return ServeHeadBucket;
    case S3Operation::kGetBucketLocation:
      return ServeGetBucketLocation;
    case S3Operation::kGetBucketVersioning:
      return ServeGetBucketVersioning;
    case S3Operation::kPutBucketVersioning:
      return ServePutBucketVersioning;
    case S3Operation::kGetBucketTagging:
      return ServeGetBucketTagging;
    case S3Operation::kPutBucketTagging:
      return ServePutBucketTagging;
    case S3Operation::kDeleteBucketTagging:
      return ServeDeleteBucketTagging;
    case S3Operation::kGetBucketCors:
      return ServeGetBucketCors;
    case S3Operation::kPutBucketCors:
      return ServePutBucketCors;
    case S3Operation::kDeleteBucketCors:
      return ServeDeleteBucketCors;
    case S3Operation::kGetBucketAcl:
      return ServeGetBucketAcl;
    case S3Operation::kPutBucketAcl:
      return ServePutBucketAcl;
    case S3Operation::kGetBucketPolicy:
      return ServeGetBucketPolicy;
    case S3Operation::kPutBucketPolicy:
      return ServePutBucketPolicy;
    case S3Operation::kDeleteBucketPolicy:
      return ServeDeleteBucketPolicy;
    case S3Operation::kGetBucketPolicyStatus:
      return ServeGetBucketPolicyStatus;
    case S3Operation::kProbe:
      return ServeProbe;
    case S3Operation::kListObjects:
      return ServeListObjects;
    case S3Operation::kListObjectsV2:
      return ServeListObjectsV2;
    case S3Operation::kListObjectVersions:
      return ServeListObjectVersions;
    case S3Operation::kListMultipartUploads:
      return ServeListMultipartUploads;
    case S3Operation::kListParts:
      return ServeListParts;
    case S3Operation::kPutObject:
      return ServePutObject;
    case S3Operation::kPostObject:
      return ServePostObject;
    case S3Operation::kGetObject:
      return ServeGetObject;
    case S3Operation::kHeadObject:
      return ServeHeadObject;
    case S3Operation::kGetObjectAttributes:
      return ServeGetObjectAttributes;
    case S3Operation::kCopyObject:
      return ServeCopyObject;
    case S3Operation::kDeleteObject:
      return ServeDeleteObject;
    case S3Operation::kDeleteObjects:
      return ServeDeleteObjects;
    case S3Operation::kGetObjectTagging:
      return ServeGetObjectTagging;
    case S3Operation::kPutObjectTagging:
      return ServePutObjectTagging;
    case S3Operation::kDeleteObjectTagging:
      return ServeDeleteObjectTagging;
    case S3Operation::kGetObjectAcl:
      return ServeGetObjectAcl;
    case S3Operation::kPutObjectAcl:
      return ServePutObjectAcl;
    case S3Operation::kCreateMultipartUpload:
      return ServeCreateMultipartUpload;
    case S3Operation::kUploadPart:
      return ServeUploadPart;
    case S3Operation::kUploadPartCopy:
      return ServeUploadPartCopy;
    case S3Operation::kCompleteMultipartUpload:
      return ServeCompleteMultipartUpload;
    case S3Operation::kAbortMultipartUpload:
      return ServeAbortMultipartUpload;
    case S3Operation::kPreflight:
      return ServePreflight;
    case S3Operation::kNotImplemented:
      return nullptr;
  }
  return nullptr;
}

}  // namespace trebol
