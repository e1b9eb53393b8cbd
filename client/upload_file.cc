#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/client.h"
#include "client/internal/local_file.h"
#include "client/internal/parallel.h"
#include "client/internal/part_plan.h"
#include "client/internal/progress_meter.h"
#include "common/base/endian.h"
#include "common/base/error.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"

namespace trebol::client {
namespace {

std::string BigEndian(uint32_t crc) {
  std::string bytes;
  AppendBigEndian32(crc, &bytes);
  return bytes;
}

/// A piece of a file as the body of an upload, which can be sent any number of times.
class FileBody {
 public:
  FileBody(const SourceFile& file, uint64_t offset, uint64_t size, ProgressMeter* meter)
      : file_(file), offset_(offset), size_(size), progress_(meter) {}

  Source source() {
    return [this](char* to, size_t space) -> absl::StatusOr<size_t> {
      const size_t size = std::min<uint64_t>(space, size_ - at_);
      if (size == 0) RETURN_IF_ERROR(file_.CheckUnchanged());  // before the last message goes out
      RETURN_IF_ERROR(file_.ReadAt(offset_ + at_, to, size));
      at_ += size;
      progress_.Add(size);
      return size;
    };
  }
  Rewind rewind() {
    return [this] {
      at_ = 0;
      progress_.BeginAgain();
      return absl::OkStatus();
    };
  }

 private:
  const SourceFile& file_;
  const uint64_t offset_;
  const uint64_t size_;
  uint64_t at_ = 0;
  PartProgress progress_;
};

/// A file on its way up in parts. One use.
class MultipartFile {
 public:
  MultipartFile(const Client& client, const SourceFile& file, const UploadFileOptions& options,
                ProgressMeter& meter, LinkedStop& stop, const PartPlan& plan)
      : client_(client),
        file_(file),
        options_(options),
        meter_(meter),
        stop_(stop),
        plan_(plan),
        parts_(plan.count) {}

  absl::StatusOr<ObjectInfo> Run(const std::string& bucket, const std::string& key) {
    RETURN_IF_ERROR(Begin(bucket, key));
    absl::Status status =
        InParallel(plan_.count, options_.parallel, stop_, [this](size_t i) { return Send(i); });
    if (status.ok()) status = file_.CheckUnchanged();
    if (!status.ok()) return GiveUp(status);
    const uint32_t crc = Crc32cOfAll();
    absl::StatusOr<ObjectInfo> info = client_.CompleteMultipartUpload(
        upload_, parts_,
        {.preconditions = options_.preconditions,
         .size = plan_.size,
         .checksums = {{.algorithm = ChecksumAlgorithm::kCrc32c, .value = BigEndian(crc)}}});
    if (!info.ok()) return GiveUp(info.status());
    return CheckStored(*std::move(info), crc);
  }

 private:
  absl::Status Begin(const std::string& bucket, const std::string& key) {
    if (options_.resume_upload_id.empty()) {
      ASSIGN_OR_RETURN(upload_,
                       client_.CreateMultipartUpload(bucket, key,
                                                     {.content_type = options_.content_type,
                                                      .user_metadata = options_.user_metadata,
                                                      .headers = options_.headers,
                                                      .tags = options_.tags,
                                                      .checksums = options_.checksums}));
    } else {
      upload_ = {.bucket = bucket, .key = key, .upload_id = options_.resume_upload_id};
      RETURN_IF_ERROR(ListParts());
    }
    if (options_.on_multipart_upload) options_.on_multipart_upload(upload_.upload_id);
    return absl::OkStatus();
  }

  absl::Status ListParts() {
    ListPartsOptions page;
    do {
      ASSIGN_OR_RETURN(ListPartsPage listed, client_.ListParts(upload_, page));
      for (PartInfo& part : listed.parts) there_[part.part_number] = std::move(part);
      page.start_after = listed.next_start_after;
    } while (page.start_after != 0);
    return absl::OkStatus();
  }

  absl::Status Send(size_t i) {
    const uint32_t number = static_cast<uint32_t>(i) + 1;
    const uint64_t offset = plan_.OffsetOf(i);
    const uint64_t size = plan_.SizeOf(i);
    const auto there = there_.find(number);
    if (there != there_.end() && there->second.size == size) {
      ASSIGN_OR_RETURN(const uint32_t crc, file_.Crc32cOf(offset, size));
      if (crc == there->second.crc32c) {
        parts_[i] = there->second;
        meter_.Add(size);
        return absl::OkStatus();
      }
    }
    FileBody body(file_, offset, size, &meter_);
    ASSIGN_OR_RETURN(parts_[i],
                     client_.UploadPart(upload_, number, body.source(),
                                        {.content_length = size, .rewind = body.rewind()}));
    return absl::OkStatus();
  }

  uint32_t Crc32cOfAll() const {
    uint32_t crc = 0;
    for (size_t i = 0; i < plan_.count; ++i) {
      crc = CombineCrc32c(crc, parts_[i].crc32c, plan_.SizeOf(i));
    }
    return crc;
  }

  /// The gateway compared it before it gave the object its name, if it knows how.
  absl::StatusOr<ObjectInfo> CheckStored(ObjectInfo info, uint32_t crc) const {
    if (info.size == plan_.size && info.crc32c == crc) return info;
    return MakeError(
        absl::StatusCode::kDataLoss, v1::CHECKSUM_MISMATCH,
        absl::StrFormat("trebol://%s/%s was stored with %d bytes and CRC32C %08x, but %d bytes "
                        "with %08x were sent; upload it again",
                        upload_.bucket, upload_.key, info.size, info.crc32c, plan_.size, crc));
  }

  absl::Status GiveUp(const absl::Status& why) {
    const bool keep =
        options_.keep_upload_for_resume && (!options_.keep_after || options_.keep_after(why));
    if (!keep) {
      // The reason may be a stop request, which must not end this call too.
      const absl::Status aborted = client_.WithStop({}).AbortMultipartUpload(upload_);
      if (aborted.ok() || ReasonOf(aborted) == ErrorReason::kUploadNotFound) return why;
    }
    return Annotate(why, absl::StrCat("multipart upload ", upload_.upload_id, " of trebol://",
                                      upload_.bucket, "/", upload_.key, " stays"));
  }

  const Client& client_;
  const SourceFile& file_;
  const UploadFileOptions& options_;
  ProgressMeter& meter_;
  LinkedStop& stop_;
  const PartPlan plan_;
  MultipartUpload upload_;
  std::map<uint32_t, PartInfo> there_;  // from an earlier try
  std::vector<PartInfo> parts_;         // each written by the thread that has it
};

absl::StatusOr<ObjectInfo> PutWhole(const Client& client, const SourceFile& file,
                                    const std::string& bucket, const std::string& key,
                                    const UploadFileOptions& options, ProgressMeter& meter) {
  FileBody body(file, 0, file.size(), &meter);
  PutObjectOptions put{.content_type = options.content_type,
                       .user_metadata = options.user_metadata,
                       .content_length = file.size(),
                       .preconditions = options.preconditions,
                       .headers = options.headers,
                       .tags = options.tags,
                       .rewind = body.rewind()};
  for (const ChecksumAlgorithm algorithm : options.checksums) {
    put.checksums.push_back({.algorithm = algorithm});
  }
  return client.PutObject(bucket, key, body.source(), put);
}

}  // namespace

absl::StatusOr<ObjectInfo> Client::UploadFile(const std::string& path, const std::string& bucket,
                                              const std::string& key,
                                              const UploadFileOptions& options) const {
  RETURN_IF_ERROR(ValidateBucketName(bucket));
  RETURN_IF_ERROR(ValidateObjectKey(key));
  ASSIGN_OR_RETURN(const std::unique_ptr<SourceFile> file, SourceFile::Open(path));
  LinkedStop stop(context_.stop, options.stop);
  const Client client = WithStop(stop.token());
  ProgressMeter meter(options.progress, file->size());
  absl::StatusOr<ObjectInfo> info;
  if (file->size() <= options.multipart_threshold && options.resume_upload_id.empty()) {
    info = PutWhole(client, *file, bucket, key, options, meter);
  } else {
    ASSIGN_OR_RETURN(const PartPlan plan, PlanUpload(file->size(), options.part_size));
    info = MultipartFile(client, *file, options, meter, stop, plan).Run(bucket, key);
  }
  if (info.ok()) meter.Finish();
  return info;
}

}  // namespace trebol::client
