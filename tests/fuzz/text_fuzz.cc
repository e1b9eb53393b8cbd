// The small parsers of what people and peers type: each takes any text, and what it accepts it
// prints back in a form that it accepts again.
#include <cstdint>
#include <filesystem>
#include <string>

#include "cli/object_url.h"
#include "cli/path_mapping.h"
#include "common/base/check.h"
#include "common/base/names.h"
#include "common/config/endpoint.h"
#include "common/config/quantities.h"
#include "common/rpc/status_conversion.h"
#include "common/telemetry/trace_context.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto endpoint = trebol::ParseEndpoint(text); endpoint.ok()) {
    TREBOL_CHECK(*trebol::ParseEndpoint(trebol::ToString(*endpoint)) == *endpoint);
  }
  if (const auto trace = trebol::TraceContext::Parse(text)) {
    TREBOL_CHECK(*trebol::TraceContext::Parse(trace->Format()) == *trace);
  }
  if (const auto url = trebol::cli::ParseUrl(text); url.ok()) {
    TREBOL_CHECK(trebol::cli::ParseUrl(url->ToString())->key == url->key);
  }
  if (const auto size = trebol::ParseSize(text); size.ok()) {
    TREBOL_CHECK(*trebol::ParseSize(trebol::SizeText(*size)) == *size);
  }
  if (const auto duration = trebol::ParseDuration(text); duration.ok()) {
    TREBOL_CHECK(*trebol::ParseDuration(trebol::DurationText(*duration)) == *duration);
  }
  if (const auto number = trebol::ParseInteger(text, -9, 9); number.ok()) {
    TREBOL_CHECK(*number >= -9 && *number <= 9);
  }
  if (const auto number = trebol::ParseNumber(text, 0.5, 9); number.ok()) {
    TREBOL_CHECK(*number >= 0.5 && *number <= 9);
  }
  trebol::ParseBoolean(text).IgnoreError();
  TREBOL_CHECK(!trebol::FromStatusDetails(text).ok());
  if (const auto path = trebol::cli::PathForKey(text); path.ok()) {
    const std::filesystem::path relative(*path);
    TREBOL_CHECK(relative.is_relative() && relative.lexically_normal() == relative);
  }
  if (trebol::ValidateObjectKey(text).ok()) TREBOL_CHECK(trebol::IsValidUtf8(text));
  trebol::ValidateBucketName(text).IgnoreError();
  return 0;
}
