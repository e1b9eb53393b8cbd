#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "common/base/ids.h"

namespace trebol {

/// All that was done for one request, through every process; 128 bits, never 0.
struct TraceId {
  uint64_t high = 0;
  uint64_t low = 0;

  friend constexpr auto operator<=>(const TraceId&, const TraceId&) = default;
};
std::string ToString(const TraceId& id);  // 32 hexadecimal digits

/// One step of a trace.
using SpanId = StrongId<struct SpanIdTag>;

/// The W3C Trace Context of a request (https://www.w3.org/TR/trace-context/), as it travels in the
/// header and gRPC metadata key `traceparent`.
struct TraceContext {
  TraceId trace;
  SpanId span;
  bool sampled = false;

  /// A trace that begins here.
  static TraceContext New();
  /// The next step of the same trace.
  TraceContext Child() const;
  /// nullopt for what the specification says to ignore; the caller then begins a trace.
  static std::optional<TraceContext> Parse(absl::string_view trace_parent);
  /// The header, version 00: 55 characters.
  std::string Format() const;

  friend constexpr bool operator==(const TraceContext&, const TraceContext&) = default;
};

}  // namespace trebol
