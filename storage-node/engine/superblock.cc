#include "storage-node/engine/superblock.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/endian.h"
#include "common/base/error.h"
#include "common/base/planted.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"

namespace trebol {
namespace {

// Frozen (docs/formats/superblock.md).
constexpr char kMagic[] = "TREBOLSB";
constexpr size_t kMagicSize = 8;
constexpr uint32_t kFormat = 1;
constexpr size_t kFixedSize = 56;  // up to the cluster id
constexpr size_t kMaxClusterIdSize = 255;

template <typename Integer>
void Append(Integer value, std::string* out) {
  char bytes[sizeof value];
  StoreLittleEndian(value, bytes);
  out->append(bytes, sizeof bytes);
}

// What a directory without a superblock may hold and still be a fresh one.
bool MayBeFresh(const std::vector<std::string>& names) {
  return std::all_of(names.begin(), names.end(), [](const std::string& name) {
    return name == "lock" || name == "superblock.new" || name == "lost+found";
  });
}

}  // namespace

std::string EncodeSuperblock(const Superblock::Identity& identity) {
  std::string bytes(kMagic, kMagicSize);
  Append(kFormat, &bytes);
  Append(uint32_t{0}, &bytes);  // the CRC of all the rest
  Append(identity.node.value, &bytes);
  Append(identity.disk.value, &bytes);
  Append(identity.generation.value, &bytes);
  Append(identity.incarnation, &bytes);
  Append(static_cast<uint64_t>(identity.cluster_id.size()), &bytes);
  bytes += identity.cluster_id;
  StoreLittleEndian(Crc32c(absl::string_view(bytes).substr(16)), bytes.data() + 12);
  return bytes;
}

absl::StatusOr<Superblock::Identity> DecodeSuperblock(const std::string& bytes,
                                                      const std::string& path) {
  const absl::Status damaged = absl::DataLossError(
      absl::StrCat(path, " is damaged; remove the node from the cluster, or restore this file"));
  if (bytes.size() < 16 || bytes.compare(0, kMagicSize, kMagic, kMagicSize) != 0) return damaged;
  const auto format = LoadLittleEndian<uint32_t>(bytes.data() + 8);
  if (format != kFormat) {
    return MakeError(absl::StatusCode::kFailedPrecondition, v1::UNSUPPORTED_FORMAT,
                     absl::StrCat(path, " has format ", format, "; this release knows format ",
                                  kFormat, ". Run the release that wrote it, or a newer one"));
  }
  if (bytes.size() < kFixedSize || LoadLittleEndian<uint32_t>(bytes.data() + 12) !=
                                       Crc32c(absl::string_view(bytes).substr(16))) {
    return damaged;
  }
  Superblock::Identity identity;
  identity.node = NodeId(LoadLittleEndian<uint64_t>(bytes.data() + 16));
  identity.disk = DiskId(LoadLittleEndian<uint64_t>(bytes.data() + 24));
  identity.generation = Generation(LoadLittleEndian<uint64_t>(bytes.data() + 32));
  identity.incarnation = LoadLittleEndian<uint64_t>(bytes.data() + 40);
  const auto size = LoadLittleEndian<uint64_t>(bytes.data() + 48);
  if (size > kMaxClusterIdSize || bytes.size() != kFixedSize + size) return damaged;
  identity.cluster_id = bytes.substr(kFixedSize);
  return identity;
}

absl::StatusOr<std::unique_ptr<Superblock>> Superblock::Open(FileSystem& files,
                                                             const std::string& directory) {
  RETURN_IF_ERROR(files.CreateDirectories(directory));
  ASSIGN_OR_RETURN(const std::vector<std::string> names, files.List(directory));
  const std::string path = directory + "/superblock";
  const bool exists = std::find(names.begin(), names.end(), "superblock") != names.end();
  if (!exists && !MayBeFresh(names)) {
    return absl::FailedPreconditionError(absl::StrCat(
        directory, " holds something that is not a storage node's data (",
        absl::StrJoin(names.begin(), names.begin() + std::min<size_t>(3, names.size()), ", "),
        "); choose an empty directory, or the one that the node used before"));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<DirectoryLock> lock, files.Lock(directory + "/lock"));
  auto superblock = std::unique_ptr<Superblock>(new Superblock(files, directory, std::move(lock)));
  Identity identity;
  if (exists) {
    ASSIGN_OR_RETURN(const std::string bytes, ReadWholeFile(files, path));
    ASSIGN_OR_RETURN(identity, DecodeSuperblock(bytes, path));
  } else {
    identity.node = NodeId(RandomId());
    identity.disk = DiskId(RandomId());
  }
  ++identity.incarnation;
  RETURN_IF_ERROR(superblock->Write(identity));
  return superblock;
}

absl::Status Superblock::AdoptCluster(const std::string& cluster_id, Generation generation) {
  if (cluster_id.empty() || cluster_id.size() > kMaxClusterIdSize) {
    return absl::InvalidArgumentError("a cluster id has 1 to 255 bytes");
  }
  if (!identity_.cluster_id.empty() && identity_.cluster_id != cluster_id &&
      !Planted("engine.adopts_any_cluster")) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, v1::WRONG_CLUSTER,
        absl::StrCat(directory_, " belongs to cluster ", identity_.cluster_id, ", not to ",
                     cluster_id, "; use an empty directory to join another cluster"));
  }
  if (identity_.generation.value != 0 && identity_.generation != generation) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, v1::WRONG_GENERATION,
        absl::StrCat(directory_, " has data of generation ", ToString(identity_.generation),
                     ", the cluster has generation ", ToString(generation),
                     "; an operator must confirm the succession"));
  }
  if (identity_.cluster_id == cluster_id && identity_.generation == generation) {
    return absl::OkStatus();
  }
  Identity identity = identity_;
  identity.cluster_id = cluster_id;
  identity.generation = generation;
  return Write(identity);
}

absl::Status Superblock::Write(const Identity& identity) {
  RETURN_IF_ERROR(ReplaceFile(files_, directory_, "superblock", EncodeSuperblock(identity)));
  identity_ = identity;
  return absl::OkStatus();
}

}  // namespace trebol
