#include "common/telemetry/trace_context.h"

#include <algorithm>
#include <random>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/random.h"

namespace trebol {
namespace {

// version "-" trace id "-" span id "-" flags
constexpr size_t kTraceAt = 3;
constexpr size_t kSpanAt = 36;
constexpr size_t kFlagsAt = 53;
constexpr size_t kSize = 55;

/// Upper-case digits are not allowed.
bool IsHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f'); });
}

uint64_t Number(absl::string_view hex) {
  uint64_t value = 0;
  return absl::SimpleHexAtoi(hex, &value) ? value : 0;
}

/// Must be unlikely to be given twice, but may be guessed: it comes with every request, and a
/// system call for each would cost more than the rest of this file.
uint64_t NextId() {
  thread_local std::mt19937_64 generator(RandomId());
  uint64_t id = 0;
  while (id == 0) id = generator();
  return id;
}

}  // namespace

std::string ToString(const TraceId& id) { return absl::StrCat(ToHex(id.high), ToHex(id.low)); }

TraceContext TraceContext::New() {
  return {.trace = {.high = NextId(), .low = NextId()}, .span = SpanId(NextId())};
}

TraceContext TraceContext::Child() const {
  return {.trace = trace, .span = SpanId(NextId()), .sampled = sampled};
}

std::optional<TraceContext> TraceContext::Parse(absl::string_view trace_parent) {
  if (trace_parent.size() < kSize) return std::nullopt;
  const absl::string_view version = trace_parent.substr(0, 2);
  const absl::string_view flags = trace_parent.substr(kFlagsAt, 2);
  if (!IsHex(version) || version == "ff" || !IsHex(flags)) return std::nullopt;
  // Later versions may append fields; version 00 may not.
  if (trace_parent.size() > kSize && (version == "00" || trace_parent[kSize] != '-')) {
    return std::nullopt;
  }
  for (const size_t dash : {kTraceAt, kSpanAt, kFlagsAt}) {
    if (trace_parent[dash - 1] != '-') return std::nullopt;
  }
  const absl::string_view trace = trace_parent.substr(kTraceAt, 32);
  const absl::string_view span = trace_parent.substr(kSpanAt, 16);
  if (!IsHex(trace) || !IsHex(span)) return std::nullopt;
  const TraceContext context = {
      .trace = {.high = Number(trace.substr(0, 16)), .low = Number(trace.substr(16))},
      .span = SpanId(Number(span)),
      .sampled = (Number(flags) & 1) != 0};
  if (context.trace == TraceId() || context.span == SpanId()) return std::nullopt;
  return context;
}

std::string TraceContext::Format() const {
  return absl::StrCat("00-", trebol::ToString(trace), "-", trebol::ToString(span),
                      sampled ? "-01" : "-00");
}

}  // namespace trebol
