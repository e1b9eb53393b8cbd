#include "common/base/ids.h"

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/base/endian.h"

namespace trebol {

std::string ToHex(uint64_t value) { return absl::StrCat(absl::Hex(value, absl::kZeroPad16)); }

absl::StatusOr<uint64_t> FromHex(absl::string_view text) {
  uint64_t value = 0;
  if (text.empty() || text.size() > 16 || !absl::SimpleHexAtoi(text, &value)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is not an id: ids are 1 to 16 hexadecimal digits"));
  }
  return value;
}

std::string ToString(const VersionId& id) {
  return absl::StrCat(ToHex(id.generation.value), "-", ToHex(id.session.value), "-", id.sequence);
}

std::string ToString(const ChunkId& id) {
  return absl::StrCat(ToString(id.version), "#", id.index);
}

void AppendVersionId(const VersionId& id, std::string* out) {
  AppendBigEndian64(id.generation.value, out);
  AppendBigEndian64(id.session.value, out);
  AppendBigEndian64(id.sequence, out);
}

void AppendChunkId(const ChunkId& id, std::string* out) {
  AppendVersionId(id.version, out);
  AppendBigEndian32(id.index, out);
}

VersionId DecodeVersionId(absl::string_view bytes) {
  TREBOL_CHECK(bytes.size() == kVersionIdSize);
  return VersionId{Generation(LoadBigEndian64(bytes.data())),
                   SessionId(LoadBigEndian64(bytes.data() + 8)),
                   LoadBigEndian64(bytes.data() + 16)};
}

ChunkId DecodeChunkId(absl::string_view bytes) {
  TREBOL_CHECK(bytes.size() == kChunkIdSize);
  return ChunkId{DecodeVersionId(bytes.substr(0, kVersionIdSize)),
                 LoadBigEndian32(bytes.data() + kVersionIdSize)};
}

}  // namespace trebol
