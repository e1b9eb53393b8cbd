// The small parsers of what people and peers type: each takes any text, and what it accepts it
// prints back in a form that it accepts again.
#include <cstdint>
#include <string>

#include "cli/object_url.h"
#include "common/base/check.h"
#include "common/base/names.h"
#include "common/config/endpoint.h"
#include "common/config/quantities.h"
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
  trebol::ParseSize(text).IgnoreError();
  trebol::ParseDuration(text).IgnoreError();
  if (trebol::ValidateObjectKey(text).ok()) TREBOL_CHECK(trebol::IsValidUtf8(text));
  trebol::ValidateBucketName(text).IgnoreError();
  return 0;
}
