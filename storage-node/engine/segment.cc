#include "storage-node/engine/segment.h"

#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/error.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"
#include "storage-node/engine/aligned_buffer.h"
#include "storage-node/engine/byte_reader.h"

namespace trebol {
namespace {

// Frozen (docs/formats/segment-record.md).
constexpr char kMagic[] = "TREBOLSG";
constexpr size_t kMagicSize = 8;
constexpr uint32_t kFormat = 1;
constexpr size_t kEncodedSize = 72;
constexpr absl::string_view kSuffix = ".segment";

/// What one copy says, if its checksum is right.
struct HeaderCopy {
  std::optional<SegmentHeader> header;
  std::optional<uint32_t> other_format;
};

HeaderCopy DecodeCopy(absl::string_view bytes) {
  if (bytes.size() < kEncodedSize || bytes.substr(0, kMagicSize) != kMagic) return {};
  ByteReader in(bytes.substr(kMagicSize, kEncodedSize - kMagicSize));
  const auto format = in.Take<uint32_t>();
  const auto crc = in.Take<uint32_t>();
  if (crc != Crc32c(bytes.substr(16, kEncodedSize - 16))) return {};
  if (format != kFormat) return {.other_format = format};
  SegmentHeader header;
  header.id.high = in.Take<uint64_t>();
  header.id.low = in.Take<uint64_t>();
  header.number = in.Take<uint64_t>();
  header.disk = DiskId(in.Take<uint64_t>());
  header.start_position = in.Take<uint64_t>();
  header.predecessor = in.Take<uint64_t>();
  header.predecessor_end = in.Take<uint64_t>();
  return {.header = header};
}

}  // namespace

std::string EncodeSegmentHeader(const SegmentHeader& header) {
  std::string copy(kMagic, kMagicSize);
  AppendLittleEndian(kFormat, &copy);
  AppendLittleEndian(uint32_t{0}, &copy);  // CRC32C of the rest
  AppendLittleEndian(header.id.high, &copy);
  AppendLittleEndian(header.id.low, &copy);
  AppendLittleEndian(header.number, &copy);
  AppendLittleEndian(header.disk.value, &copy);
  AppendLittleEndian(header.start_position, &copy);
  AppendLittleEndian(header.predecessor, &copy);
  AppendLittleEndian(header.predecessor_end, &copy);
  StoreLittleEndian(Crc32c(absl::string_view(copy).substr(16)), copy.data() + 12);
  copy.resize(kDirectAlignment, '\0');
  return copy + copy;
}

absl::StatusOr<std::optional<SegmentHeader>> DecodeSegmentHeader(absl::string_view bytes,
                                                                 const std::string& path) {
  const HeaderCopy first = DecodeCopy(bytes);
  if (first.header.has_value()) return first.header;
  const HeaderCopy second =
      bytes.size() > kDirectAlignment ? DecodeCopy(bytes.substr(kDirectAlignment)) : first;
  if (second.header.has_value()) return second.header;
  // The format stands outside the checksum, so that a later one may have another. One copy with an
  // odd number is damaged; two that agree were written so.
  if (first.other_format.has_value() && first.other_format == second.other_format) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, v1::UNSUPPORTED_FORMAT,
        absl::StrCat(path, " has format ", *first.other_format, "; this release knows format ",
                     kFormat, ". Run the release that wrote it, or a newer one"));
  }
  return std::nullopt;
}

std::string SegmentFileName(uint64_t number) { return absl::StrFormat("%016d%s", number, kSuffix); }

std::optional<uint64_t> ParseSegmentFileName(absl::string_view name) {
  uint64_t number = 0;
  if (!absl::EndsWith(name, kSuffix)) return std::nullopt;
  if (!absl::SimpleAtoi(name.substr(0, name.size() - kSuffix.size()), &number)) return std::nullopt;
  return number;
}

absl::StatusOr<std::shared_ptr<File>> Segment::Opened() {
  {
    MutexLock lock(&mu_);
    read_lately_ = true;
    if (file_ != nullptr) return file_;
  }
  // Without the lock, which ReadCached takes. Of two that open it one file is closed again.
  ASSIGN_OR_RETURN(std::shared_ptr<File> opened, files_.Open(path_, FileSystem::Mode::kRead));
  MutexLock lock(&mu_);
  if (file_ == nullptr) file_ = std::move(opened);
  return file_;
}

void Segment::Close() {
  MutexLock lock(&mu_);
  file_.reset();
}

void Segment::CloseIfIdle() {
  MutexLock lock(&mu_);
  if (!read_lately_) file_.reset();
  read_lately_ = false;
}

absl::StatusOr<size_t> Segment::Read(uint64_t offset, void* to, size_t size) {
  ASSIGN_OR_RETURN(const std::shared_ptr<File> file, Opened());
  return file->Read(offset, to, size);
}

void Segment::DropCache() {
  if (const auto file = Opened(); file.ok()) (*file)->DropCache();
}

size_t Segment::ReadCached(uint64_t offset, void* to, size_t size) {
  std::shared_ptr<File> file;
  {
    MutexLock lock(&mu_);
    read_lately_ = true;
    file = file_;
  }
  return file == nullptr ? 0 : file->ReadCached(offset, to, size);
}

absl::StatusOr<std::unique_ptr<SegmentWriter>> SegmentWriter::Create(FileSystem& files,
                                                                     const std::string& directory,
                                                                     const SegmentHeader& header,
                                                                     bool direct_io) {
  const std::string path = absl::StrCat(directory, "/", SegmentFileName(header.number));
  ASSIGN_OR_RETURN(
      std::unique_ptr<File> file,
      files.Open(absl::StrCat(path, kTemporarySuffix),
                 direct_io ? FileSystem::Mode::kCreateDirect : FileSystem::Mode::kCreate));
  const std::string bytes = EncodeSegmentHeader(header);
  AlignedBuffer buffer;
  buffer.Reserve(bytes.size());
  std::memcpy(buffer.data(), bytes.data(), bytes.size());
  RETURN_IF_ERROR(file->Write(0, buffer.data(), bytes.size()));
  return std::unique_ptr<SegmentWriter>(new SegmentWriter(
      files, directory, std::move(file), std::make_shared<Segment>(files, path, header)));
}

absl::Status SegmentWriter::Publish() {
  RETURN_IF_ERROR(Sync());
  absl::Status named =
      files_.Rename(absl::StrCat(segment_->path(), kTemporarySuffix), segment_->path());
  if (named.ok() && !Planted("engine.no_dir_fsync")) named = files_.SyncDirectory(directory_);
  // From here on a crash may find the segment, and then nothing more counts in its predecessor. So
  // not even a full disk may be followed by another attempt.
  if (!named.ok()) return absl::UnavailableError(named.message());
  published_ = true;
  return absl::OkStatus();
}

absl::Status SegmentWriter::Append(const char* batch, uint32_t size) {
  const absl::Status written = file_->Write(end_, batch, size);
  if (written.ok()) {
    end_ += size;
  } else if (ReasonOf(written) == v1::DISK_FULL && published_) {
    // A full disk takes a part of a write. Left in the file, the next opening would take it for
    // lost data. If it stays, that is all that happens.
    files_.Truncate(segment_->path(), end_).IgnoreError();
  }
  return written;
}

absl::Status SegmentWriter::Sync() {
  if (!Planted("engine.no_fsync")) RETURN_IF_ERROR(file_->Sync());
  synced_ = end_;
  segment_->end.store(end_);
  return absl::OkStatus();
}

}  // namespace trebol
