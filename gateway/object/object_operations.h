#pragma once

#include <memory>

#include "common/async/semaphore.h"
#include "common/base/limits.h"
#include "gateway/object/admission.h"
#include "gateway/object/buckets.h"
#include "gateway/object/copy_object.h"
#include "gateway/object/delete_object.h"
#include "gateway/object/get_object.h"
#include "gateway/object/list_objects.h"
#include "gateway/object/list_uploads.h"
#include "gateway/object/list_versions.h"
#include "gateway/object/multipart.h"
#include "gateway/object/put_object.h"
#include "gateway/object/set_tags.h"
#include "gateway/object/upload_part.h"

namespace trebol {

/// The operations that every front door offers, and what its requests share with those of the
/// others.
struct ObjectOperations {
  std::shared_ptr<Buckets> buckets;
  std::shared_ptr<PutObject> put;
  std::shared_ptr<GetObject> get;
  std::shared_ptr<DeleteObject> remove;
  std::shared_ptr<CopyObject> copy;
  std::shared_ptr<SetTags> tags;
  std::shared_ptr<ListObjects> list;
  std::shared_ptr<ListVersions> versions;
  std::shared_ptr<Multipart> multipart;
  std::shared_ptr<UploadPart> part;
  std::shared_ptr<ListUploads> uploads;
  /// For the streams of uploads; the chunks themselves have their own.
  std::shared_ptr<Semaphore> stream_memory = Semaphore::Create(64 * kUploadStreamMemory);
  std::shared_ptr<Admission> admission = std::make_shared<Admission>();
};

}  // namespace trebol
