// Whatever stands in metadata's log or rows is understood or refused with a text, never believed by
// half.
#include <cstdint>
#include <string>

#include "common/base/check.h"
#include "metadata/log/log_entry.h"
#include "metadata/state/rows.h"
#include "trebol/v1/rows.pb.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const auto entry = trebol::ParseEntry(trebol::LogIndex(1), bytes, "");
  if (entry.ok()) TREBOL_CHECK(entry->index() == 1 && entry->format() == trebol::kLogEntryFormat);
  trebol::v1::ObjectRow object;
  const absl::Status decoded = trebol::DecodeRow("key", bytes, &object);
  TREBOL_CHECK(decoded.ok() || !decoded.message().empty());
  trebol::v1::SessionRow session;
  trebol::DecodeRow("key", bytes, &session).IgnoreError();
  return 0;
}
