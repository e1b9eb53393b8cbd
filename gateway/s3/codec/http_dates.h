#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"

namespace trebol {

/// Dates as HTTP, S3's headers and S3's XML write them, all in UTC. Pure, thread-safe. Years are 1
/// to 9999; what is written is cut to that.

/// IMF-fixdate of RFC 9110, section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT". Cut to seconds.
std::string HttpDate(absl::Time time);
/// All three forms of RFC 9110; the weekday has to be one, but not that of the date. `now` decides
/// which century two digits of a year mean: never more than 50 years ahead. Nothing for any other
/// text.
std::optional<absl::Time> ParseHttpDate(absl::string_view text, absl::Time now);

/// ISO 8601 with milliseconds, as in S3's XML: "2009-10-12T17:50:30.000Z". A listing appends
/// thousands.
void AppendIsoMillis(absl::Time time, std::string* out);
std::string IsoMillis(absl::Time time);
/// "2009-10-12T17:50:30Z" with no or up to nine digits of a fraction. Nothing for any other text.
std::optional<absl::Time> ParseIso(absl::string_view text);

/// ISO 8601 basic, as in x-amz-date: "20091012T175030Z". Nothing for any other text.
std::optional<absl::Time> ParseIsoBasic(absl::string_view text);

absl::Time ToTime(const google::protobuf::Timestamp& timestamp);
google::protobuf::Timestamp ToTimestamp(absl::Time time);

}  // namespace trebol
