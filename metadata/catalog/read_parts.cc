#include <algorithm>
#include <cstdint>
#include <string>

#include "common/base/limits.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/object/part_set.h"
#include "metadata/catalog/listing.h"
#include "metadata/catalog/reads.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {

absl::StatusOr<v1::ReadPartsResponse> ReadParts(const RowReader& rows,
                                                const v1::ReadPartsRequest& request) {
  const VersionId upload = VersionIdOf(request.upload());
  const uint32_t limit = listing::LimitOf(request.limit());
  v1::ReadPartsResponse response;
  size_t bytes = 0;
  uint64_t offset = 0;  // of the next part
  absl::Status decoded;
  const std::string from = row_keys::Part(upload, std::min(request.after(), kMaxParts) + 1);
  const std::string to = row_keys::Part(upload, kMaxParts + 1);
  RETURN_IF_ERROR(rows.Scan(from, to, [&](absl::string_view key, absl::string_view value) {
    const uint32_t number = row_keys::PartNumberOf(key);
    if (!request.listed().empty() && !HasPart(request.listed(), number)) return ScanStep::Next();
    if (static_cast<uint32_t>(response.parts_size()) >= limit || bytes >= listing::kMaxPageBytes) {
      response.set_more(true);
      return ScanStep::Stop();
    }
    v1::PartRow part;
    decoded = DecodeRow(key, value, &part);
    if (!decoded.ok()) return ScanStep::Stop();
    const uint64_t end = offset + part.manifest().size();
    if (response.parts().empty()) {
      if (request.skip_bytes() != 0 && end <= request.skip_bytes()) {
        offset = end;
        return ScanStep::Next();
      }
      response.set_offset(offset);
    }
    offset = end;
    part.set_number(number);
    *response.add_parts() = std::move(part);
    bytes += key.size() + value.size();
    return ScanStep::Next();
  }));
  RETURN_IF_ERROR(decoded);
  ASSIGN_OR_RETURN(*response.mutable_head(), ReadHead(rows));
  return response;
}

}  // namespace trebol::catalog
