#include "tests/testing/simulated_disk.h"

#include <rocksdb/env.h>

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "tests/testing/simulated_files.h"

namespace trebol {
namespace {

constexpr uint64_t kPiece = 4096;
constexpr uint64_t kSector = 512;

struct PendingWrite {
  uint64_t offset = 0;
  std::string data;
};

std::string DirectoryOf(const std::string& path) { return path.substr(0, path.rfind('/')); }

absl::Status NoPower() { return absl::UnavailableError("the disk has no power"); }

void Overlay(uint64_t offset, absl::string_view data, std::string* content) {
  if (content->size() < offset + data.size()) content->resize(offset + data.size(), '\0');
  content->replace(offset, data.size(), data.data(), data.size());
}

}  // namespace

struct SimulatedDisk::Inode {
  std::string content;                // as programs see it
  std::string durable;                // as it is on the medium
  std::vector<PendingWrite> pending;  // the difference, in order

  void Settle() {
    for (const PendingWrite& write : pending) Overlay(write.offset, write.data, &durable);
    pending.clear();
  }

  // Keeps some of the pending writes.
  void LosePower(std::mt19937_64& random, uint64_t* torn, uint64_t* dropped) {
    const uint64_t mood = random() % 4;  // nothing, everything, or pieces
    for (const PendingWrite& write : pending) {
      uint64_t done = 0;
      uint64_t survived = 0;
      while (done < write.data.size()) {
        const uint64_t at = write.offset + done;
        const uint64_t size = std::min(kPiece - at % kPiece, write.data.size() - done);
        const absl::string_view piece = absl::string_view(write.data).substr(done, size);
        done += size;
        if (mood == 0 || (mood > 1 && random() % 2 == 0)) continue;
        if (mood > 1 && random() % 8 == 0) {  // torn between two sectors
          const auto part = piece.substr(0, random() % (size / kSector + 1) * kSector);
          Overlay(at, part, &durable);
          survived += part.size();
        } else {
          Overlay(at, piece, &durable);
          survived += size;
        }
      }
      if (survived == 0) ++*dropped;
      if (survived > 0 && survived < write.data.size()) ++*torn;
    }
    // The size may have become durable before the data.
    if (random() % 4 == 0 && durable.size() < content.size()) durable.resize(content.size(), '\0');
    pending.clear();
    content = durable;
  }
};

SimulatedDisk::SimulatedDisk(uint64_t capacity_bytes)
    : capacity_bytes_(capacity_bytes),
      files_(NewSimulatedFiles(*this)),
      rocksdb_env_(NewSimulatedRocksDbEnv(*this)) {}

SimulatedDisk::~SimulatedDisk() = default;

FileSystem& SimulatedDisk::files() { return *files_; }
rocksdb::Env* SimulatedDisk::rocksdb_env() { return rocksdb_env_.get(); }

uint64_t SimulatedDisk::operations() const {
  MutexLock lock(&mu_);
  return operations_;
}

void SimulatedDisk::CutPowerAfter(uint64_t n) {
  MutexLock lock(&mu_);
  cut_at_ = operations_ + std::max<uint64_t>(n, 1);
}

void SimulatedDisk::CutPower() {
  MutexLock lock(&mu_);
  powered_ = false;
}

bool SimulatedDisk::powered() const {
  MutexLock lock(&mu_);
  return powered_;
}

void SimulatedDisk::RestorePower(uint64_t seed) {
  MutexLock lock(&mu_);
  std::mt19937_64 random(seed);
  // Each directory keeps the first few of its changes: file systems keep a journal.
  std::map<std::string, uint64_t> kept;
  for (const NameChange& change : name_changes_) ++kept[change.directory];
  for (auto& [directory, count] : kept) {
    const uint64_t mood = random() % 3;
    if (mood == 0) count = 0;
    if (mood == 1) count = random() % (count + 1);
  }
  for (const NameChange& change : name_changes_) {
    uint64_t& left = kept[change.directory];
    if (left == 0) {
      ++lost_names_;
      continue;
    }
    --left;
    Apply(change, &durable_names_);
  }
  name_changes_.clear();
  names_ = durable_names_;
  used_bytes_ = 0;
  for (auto& [path, inode] : names_) {
    inode->LosePower(random, &torn_writes_, &dropped_writes_);
    used_bytes_ += inode->content.size();
  }
  locks_.clear();
  fault_.reset();
  cut_at_ = 0;
  powered_ = true;
  ++life_;
}

void SimulatedDisk::FailOnce(Operation operation, std::string path_part, uint64_t k,
                             Failure failure) {
  MutexLock lock(&mu_);
  fault_ = FaultPlan{operation, std::move(path_part), k, failure};
}

void SimulatedDisk::FailNoMore() {
  MutexLock lock(&mu_);
  fault_.reset();
}

void SimulatedDisk::BreakSectors(std::string path_part, uint64_t from, uint64_t to) {
  MutexLock lock(&mu_);
  bad_sectors_.push_back({std::move(path_part), from, to});
}

void SimulatedDisk::MendSectors() {
  MutexLock lock(&mu_);
  bad_sectors_.clear();
}

bool SimulatedDisk::IsBroken(const std::string& path, uint64_t offset, uint64_t size) const {
  return std::any_of(bad_sectors_.begin(), bad_sectors_.end(), [&](const BadSectors& bad) {
    return absl::StrContains(path, bad.path_part) && offset < bad.to && bad.from < offset + size;
  });
}

bool SimulatedDisk::failed_once() const {
  MutexLock lock(&mu_);
  return fault_ && fault_->countdown == 0;
}

absl::Status SimulatedDisk::Begin(Operation operation, const std::string& path, bool* half) {
  if (half != nullptr) *half = false;
  if (!powered_) return NoPower();
  if (operation != Operation::kRead && ++operations_ == cut_at_) {
    powered_ = false;
    if (half != nullptr) *half = true;  // it was on its way
    return NoPower();
  }
  if (!fault_ || fault_->countdown == 0 || fault_->operation != operation ||
      !absl::StrContains(path, fault_->path_part) || --fault_->countdown != 0) {
    return absl::OkStatus();
  }
  if (fault_->failure == Failure::kShort && half != nullptr) *half = true;
  if (fault_->failure == Failure::kNoSpace) {
    if (operation == Operation::kWrite && half != nullptr) *half = true;
    return MakeError(absl::StatusCode::kResourceExhausted, v1::DISK_FULL,
                     absl::StrCat("no space left for ", path));
  }
  return absl::UnavailableError(absl::StrCat("input/output error on ", path));
}

absl::Status SimulatedDisk::CheckHandle(const Handle& handle) const {
  if (!powered_ || handle.life != life_) return NoPower();
  return absl::OkStatus();
}

absl::StatusOr<SimulatedDisk::Handle> SimulatedDisk::OpenFile(const std::string& path) {
  MutexLock lock(&mu_);
  if (!powered_) return NoPower();
  const auto found = names_.find(path);
  if (found == names_.end()) return absl::NotFoundError(absl::StrCat("no file ", path));
  return Handle{found->second, path, life_};
}

absl::StatusOr<SimulatedDisk::Handle> SimulatedDisk::CreateFile(const std::string& path) {
  MutexLock lock(&mu_);
  RETURN_IF_ERROR(Begin(Operation::kCreate, path, nullptr));
  if (!directories_.contains(DirectoryOf(path))) {
    return absl::NotFoundError(absl::StrCat("no directory for ", path));
  }
  auto inode = std::make_shared<Inode>();
  ChangeName({.directory = DirectoryOf(path), .remove = path, .add = path, .inode = inode});
  return Handle{inode, path, life_};
}

absl::StatusOr<size_t> SimulatedDisk::Read(const Handle& handle, uint64_t offset, void* to,
                                           size_t size) {
  MutexLock lock(&mu_);
  RETURN_IF_ERROR(CheckHandle(handle));
  bool half = false;
  const absl::Status status = Begin(Operation::kRead, handle.path, &half);
  if (!status.ok() && !half) return status;
  if (IsBroken(handle.path, offset, size)) {
    return absl::UnavailableError(absl::StrCat("input/output error on ", handle.path));
  }
  if (half) size /= 2;
  const std::string& content = handle.inode->content;
  if (offset >= content.size()) return 0;
  return content.copy(static_cast<char*>(to), size, offset);
}

absl::Status SimulatedDisk::Write(const Handle& handle, uint64_t offset, const void* data,
                                  size_t size) {
  MutexLock lock(&mu_);
  return WriteLocked(handle, offset, static_cast<const char*>(data), size);
}

absl::Status SimulatedDisk::Append(const Handle& handle, const void* data, size_t size) {
  MutexLock lock(&mu_);
  return WriteLocked(handle, handle.inode->content.size(), static_cast<const char*>(data), size);
}

absl::Status SimulatedDisk::WriteLocked(const Handle& handle, uint64_t offset, const char* data,
                                        size_t size) {
  RETURN_IF_ERROR(CheckHandle(handle));
  bool half = false;
  absl::Status status = Begin(Operation::kWrite, handle.path, &half);
  if (!status.ok() && !half) return status;
  if (!status.ok() && powered_) size /= 2;
  Inode& inode = *handle.inode;
  const auto growth = [&] {
    return std::max<uint64_t>(inode.content.size(), offset + size) - inode.content.size();
  };
  if (used_bytes_ + growth() > capacity_bytes_) {
    status = MakeError(absl::StatusCode::kResourceExhausted, v1::DISK_FULL,
                       absl::StrCat("no space left for ", handle.path));
    size -= std::min<uint64_t>(size, used_bytes_ + growth() - capacity_bytes_);
    if (size == 0) return status;
  }
  used_bytes_ += growth();
  bytes_written_ += size;
  Overlay(offset, absl::string_view(data, size), &inode.content);
  inode.pending.push_back({offset, std::string(data, size)});
  return status;
}

absl::Status SimulatedDisk::Sync(const Handle& handle) {
  MutexLock lock(&mu_);
  RETURN_IF_ERROR(CheckHandle(handle));
  const absl::Status status = Begin(Operation::kSync, handle.path, nullptr);
  if (!status.ok()) {
    // Linux marks the pages clean: the next flush succeeds and writes nothing.
    if (powered_) handle.inode->pending.clear();
    return status;
  }
  ++flushes_;
  handle.inode->Settle();
  return absl::OkStatus();
}

absl::Status SimulatedDisk::Truncate(const Handle& handle, uint64_t size) {
  MutexLock lock(&mu_);
  RETURN_IF_ERROR(CheckHandle(handle));
  RETURN_IF_ERROR(Begin(Operation::kWrite, handle.path, nullptr));
  Inode& inode = *handle.inode;
  used_bytes_ -= inode.content.size() - std::min<uint64_t>(size, inode.content.size());
  inode.content.resize(size, '\0');
  if (inode.durable.size() > size) inode.durable.resize(size);
  std::vector<PendingWrite> kept;
  for (PendingWrite& write : inode.pending) {
    if (write.offset >= size) continue;
    write.data.resize(std::min<uint64_t>(write.data.size(), size - write.offset));
    kept.push_back(std::move(write));
  }
  inode.pending = std::move(kept);
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> SimulatedDisk::Size(const Handle& handle) {
  MutexLock lock(&mu_);
  RETURN_IF_ERROR(CheckHandle(handle));
  return handle.inode->content.size();
}

absl::Status SimulatedDisk::CreateDirectories(const std::string& path) {
  MutexLock lock(&mu_);
  if (!powered_) return NoPower();
  for (size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1)) {
    directories_.insert(path.substr(0, at));
  }
  directories_.insert(path);
  return absl::OkStatus();
}

absl::Status SimulatedDisk::SyncDirectory(const std::string& path) {
  MutexLock lock(&mu_);
  RETURN_IF_ERROR(Begin(Operation::kSyncDirectory, path, nullptr));
  ++flushes_;
  std::vector<NameChange> left;
  for (NameChange& change : name_changes_) {
    if (change.directory == path) {
      Apply(change, &durable_names_);
    } else {
      left.push_back(std::move(change));
    }
  }
  name_changes_ = std::move(left);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> SimulatedDisk::List(const std::string& path) {
  MutexLock lock(&mu_);
  if (!powered_) return NoPower();
  if (!directories_.contains(path)) return absl::NotFoundError(absl::StrCat("no directory ", path));
  const std::string prefix = path + "/";
  std::set<std::string> children;
  const auto add = [&](const std::string& full) {
    if (full.find('/', prefix.size()) == std::string::npos)
      children.insert(full.substr(prefix.size()));
  };
  for (auto at = names_.lower_bound(prefix);
       at != names_.end() && absl::StartsWith(at->first, prefix); ++at) {
    add(at->first);
  }
  for (auto at = directories_.lower_bound(prefix);
       at != directories_.end() && absl::StartsWith(*at, prefix); ++at) {
    add(*at);
  }
  return std::vector<std::string>(children.begin(), children.end());
}

bool SimulatedDisk::Exists(const std::string& path) {
  MutexLock lock(&mu_);
  return names_.contains(path) || directories_.contains(path);
}

bool SimulatedDisk::IsDirectory(const std::string& path) {
  MutexLock lock(&mu_);
  return directories_.contains(path);
}

absl::Status SimulatedDisk::Remove(const std::string& path) {
  MutexLock lock(&mu_);
  RETURN_IF_ERROR(Begin(Operation::kRemove, path, nullptr));
  const auto found = names_.find(path);
  if (found == names_.end()) return absl::NotFoundError(absl::StrCat("no file ", path));
  used_bytes_ -= std::min<uint64_t>(used_bytes_, found->second->content.size());
  ChangeName({.directory = DirectoryOf(path), .remove = path});
  return absl::OkStatus();
}

absl::Status SimulatedDisk::RemoveDirectory(const std::string& path) {
  MutexLock lock(&mu_);
  if (!powered_) return NoPower();
  directories_.erase(path);
  return absl::OkStatus();
}

absl::Status SimulatedDisk::Rename(const std::string& from, const std::string& to) {
  MutexLock lock(&mu_);
  RETURN_IF_ERROR(Begin(Operation::kRename, from, nullptr));
  const auto found = names_.find(from);
  if (found == names_.end()) return absl::NotFoundError(absl::StrCat("no file ", from));
  ChangeName({.directory = DirectoryOf(to), .remove = from, .add = to, .inode = found->second});
  return absl::OkStatus();
}

void SimulatedDisk::ChangeName(NameChange change) {
  const auto replaced = names_.find(change.add);
  if (replaced != names_.end() && replaced->second != change.inode) {
    used_bytes_ -= std::min<uint64_t>(used_bytes_, replaced->second->content.size());
  }
  Apply(change, &names_);
  name_changes_.push_back(std::move(change));
}

void SimulatedDisk::Apply(const NameChange& change, Names* names) {
  if (!change.remove.empty()) names->erase(change.remove);
  if (!change.add.empty()) (*names)[change.add] = change.inode;
}

absl::StatusOr<DiskSpace> SimulatedDisk::Space() {
  MutexLock lock(&mu_);
  if (!powered_) return NoPower();
  return DiskSpace{.capacity_bytes = capacity_bytes_,
                   .free_bytes = capacity_bytes_ - std::min(capacity_bytes_, used_bytes_)};
}

absl::Status SimulatedDisk::Lock(const std::string& path) {
  MutexLock lock(&mu_);
  if (!powered_) return NoPower();
  if (!locks_.insert(path).second) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is in use by another process"));
  }
  return absl::OkStatus();
}

void SimulatedDisk::Unlock(const std::string& path, uint64_t life) {
  MutexLock lock(&mu_);
  if (life == life_) locks_.erase(path);
}

uint64_t SimulatedDisk::life() const {
  MutexLock lock(&mu_);
  return life_;
}

std::vector<std::string> SimulatedDisk::Paths(absl::string_view prefix) const {
  MutexLock lock(&mu_);
  std::vector<std::string> paths;
  for (const auto& [path, inode] : names_) {
    if (absl::StartsWith(path, prefix)) paths.push_back(path);
  }
  return paths;
}

std::string SimulatedDisk::Content(const std::string& path) const {
  MutexLock lock(&mu_);
  const auto found = names_.find(path);
  TREBOL_CHECK(found != names_.end());
  return found->second->content;
}

void SimulatedDisk::SetContent(const std::string& path, const std::string& content) {
  MutexLock lock(&mu_);
  std::shared_ptr<Inode>& inode = names_[path];
  if (inode == nullptr) inode = std::make_shared<Inode>();
  inode->content = content;
  inode->durable = content;
  inode->pending.clear();
  durable_names_[path] = inode;
}

uint64_t SimulatedDisk::bytes_written() const {
  MutexLock lock(&mu_);
  return bytes_written_;
}

uint64_t SimulatedDisk::flushes() const {
  MutexLock lock(&mu_);
  return flushes_;
}

uint64_t SimulatedDisk::torn_writes() const {
  MutexLock lock(&mu_);
  return torn_writes_;
}

uint64_t SimulatedDisk::dropped_writes() const {
  MutexLock lock(&mu_);
  return dropped_writes_;
}

uint64_t SimulatedDisk::lost_names() const {
  MutexLock lock(&mu_);
  return lost_names_;
}

}  // namespace trebol
