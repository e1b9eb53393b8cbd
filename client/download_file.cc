#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/client.h"
#include "client/internal/download_notes.h"
#include "client/internal/local_file.h"
#include "client/internal/parallel.h"
#include "client/internal/part_plan.h"
#include "client/internal/progress_meter.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"

namespace trebol::client {
namespace {

/// One version of an object on its way into a file. One use.
class RangedDownload {
 public:
  RangedDownload(const Client& client, const ObjectInfo& info, const PartPlan& plan,
                 TargetFile& file, DownloadNotes* notes, ProgressMeter& meter)
      : client_(client),
        info_(info),
        plan_(plan),
        file_(file),
        notes_(notes),
        meter_(meter),
        crcs_(plan.count) {}

  absl::Status Run(int parallel, LinkedStop& stop) {
    if (info_.size == 0) return absl::OkStatus();  // an empty range cannot be asked for
    return InParallel(plan_.count, parallel, stop, [this](size_t i) { return Get(i); });
  }

  absl::Status CheckWhole() const {
    uint32_t crc = 0;
    for (size_t i = 0; i < plan_.count; ++i) crc = CombineCrc32c(crc, crcs_[i], plan_.SizeOf(i));
    if (crc == info_.crc32c) return absl::OkStatus();
    return MakeError(absl::StatusCode::kDataLoss, v1::CHECKSUM_MISMATCH,
                     absl::StrFormat("%s arrived with CRC32C %08x, but it was stored with %08x; "
                                     "download it again",
                                     Name(), crc, info_.crc32c));
  }

 private:
  absl::Status Get(size_t i) {
    if (IsThere(i)) {
      meter_.Add(plan_.SizeOf(i));
      return absl::OkStatus();
    }
    const uint64_t length = plan_.SizeOf(i);
    uint64_t offset = plan_.OffsetOf(i);
    absl::StatusOr<ObjectReader> reader = client_.OpenObject(
        info_.bucket, info_.key,
        {.range = {.offset = offset, .length = length}, .version = info_.version});
    if (absl::IsNotFound(reader.status())) return Gone();
    RETURN_IF_ERROR(reader.status());
    // A gateway from before versions were asked for gives what is there now.
    if (reader->info().version != info_.version) return Gone();
    if (reader->offset() != offset || reader->length() != length) {
      return absl::InternalError(absl::StrCat("the gateway gave another range of ", Name()));
    }
    while (true) {
      ASSIGN_OR_RETURN(const absl::string_view bytes, reader->Next());
      if (bytes.empty()) break;
      RETURN_IF_ERROR(file_.WriteAt(offset, bytes));
      crcs_[i] = Crc32c(bytes, crcs_[i]);
      offset += bytes.size();
      meter_.Add(bytes.size());
    }
    return notes_ == nullptr ? absl::OkStatus() : notes_->Add(i, crcs_[i]);
  }

  /// What an earlier try left is believed only when its bytes still have the CRC32C they came with.
  bool IsThere(size_t i) {
    if (notes_ == nullptr) return false;
    const auto noted = notes_->found().find(i);
    if (noted == notes_->found().end()) return false;
    const absl::StatusOr<uint32_t> crc = file_.Crc32cOf(plan_.OffsetOf(i), plan_.SizeOf(i));
    if (!crc.ok() || *crc != noted->second) return false;
    crcs_[i] = *crc;
    return true;
  }

  absl::Status Gone() const {
    return absl::AbortedError(absl::StrCat(
        Name(), " was replaced or deleted while it was being downloaded; download it again"));
  }

  std::string Name() const { return absl::StrCat("trebol://", info_.bucket, "/", info_.key); }

  const Client& client_;
  const ObjectInfo& info_;
  const PartPlan plan_;
  TargetFile& file_;
  DownloadNotes* const notes_;  // nullptr: it cannot be resumed
  ProgressMeter& meter_;
  std::vector<uint32_t> crcs_;  // each written by the thread that has the range
};

}  // namespace

absl::StatusOr<ObjectInfo> Client::DownloadFile(const std::string& bucket, const std::string& key,
                                                const std::string& path,
                                                const DownloadFileOptions& options) const {
  LinkedStop stop(context_.stop, options.stop);
  const Client client = WithStop(stop.token());
  ASSIGN_OR_RETURN(ObjectInfo info, client.HeadObject(bucket, key,
                                                      {.version = options.version,
                                                       .preconditions = options.preconditions}));
  info.bucket = bucket;
  info.key = key;
  const PartPlan plan = PlanDownload(info.size, options.range_size);
  ASSIGN_OR_RETURN(const std::unique_ptr<TargetFile> file,
                   options.resume ? TargetFile::Resume(path) : TargetFile::Create(path));
  std::unique_ptr<DownloadNotes> notes;
  if (options.resume) {
    ASSIGN_OR_RETURN(notes, DownloadNotes::Open(file->NotesPath(), info, plan));
    if (notes->found().empty()) RETURN_IF_ERROR(file->Clear());
  }
  ProgressMeter meter(options.progress, info.size);
  RangedDownload download(client, info, plan, *file, notes.get(), meter);
  if (absl::Status failed = download.Run(options.parallel, stop); !failed.ok()) {
    if (notes != nullptr && options.keep_after && !options.keep_after(failed)) {
      file->Discard();
      notes->Remove();
    }
    return failed;
  }
  if (absl::Status damaged = download.CheckWhole(); !damaged.ok()) {
    // Nobody knows which bytes are wrong.
    file->Discard();
    if (notes != nullptr) notes->Remove();
    return damaged;
  }
  RETURN_IF_ERROR(file->Commit(options.sync));
  if (notes != nullptr) notes->Remove();
  meter.Finish();
  return info;
}

}  // namespace trebol::client
