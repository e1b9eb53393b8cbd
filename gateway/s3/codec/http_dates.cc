#include "gateway/s3/codec/http_dates.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

namespace trebol {
namespace {

constexpr absl::string_view kDays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr absl::string_view kLongDays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                           "Friday", "Saturday", "Sunday"};
constexpr absl::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

absl::Time Bounded(absl::Time time) {
  static const absl::Time first = absl::FromCivil(absl::CivilSecond(1), absl::UTCTimeZone());
  static const absl::Time last =
      absl::FromCivil(absl::CivilSecond(10000), absl::UTCTimeZone()) - absl::Nanoseconds(1);
  return std::clamp(time, first, last);
}

absl::CivilSecond Civil(absl::Time time) { return absl::ToCivilSecond(time, absl::UTCTimeZone()); }

void AppendDigits(int64_t value, int width, std::string* out) {
  const size_t begin = out->size();
  out->append(static_cast<size_t>(width), '0');
  for (size_t i = begin + static_cast<size_t>(width); i > begin && value > 0; --i, value /= 10) {
    (*out)[i - 1] = static_cast<char>('0' + value % 10);
  }
}

/// Takes a text apart from its front. A failed step makes all later ones fail.
class Scanner {
 public:
  explicit Scanner(absl::string_view text) : rest_(text) {}

  void Literal(absl::string_view text) {
    if (!Skip(text)) good_ = false;
  }
  int Digits(size_t width) {
    if (!good_ || rest_.size() < width) return Fail();
    int value = 0;
    for (const char c : rest_.substr(0, width)) {
      if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return Fail();
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(width);
    return value;
  }
  /// The place in `words` of the one that comes next.
  template <size_t n>
  int Word(const absl::string_view (&words)[n]) {
    for (size_t i = 0; good_ && i < n; ++i) {
      if (Skip(words[i])) return static_cast<int>(i);
    }
    return Fail();
  }
  bool Skip(absl::string_view text) {
    if (!good_ || rest_.substr(0, text.size()) != text) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  bool AtDigit() const {
    return good_ && !rest_.empty() && absl::ascii_isdigit(static_cast<unsigned char>(rest_[0]));
  }
  void Refuse() { good_ = false; }
  bool AtEnd() const { return good_ && rest_.empty(); }

 private:
  int Fail() {
    good_ = false;
    return 0;
  }

  absl::string_view rest_;
  bool good_ = true;
};

struct Fields {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
};

// Civil times normalise what is no date, such as 30 February; we refuse it. A leap second is the
// first one after it.
std::optional<absl::Time> FromFields(const Fields& fields) {
  if (fields.hour > 23 || fields.minute > 59 || fields.second > 60) return std::nullopt;
  const absl::CivilDay day(fields.year, fields.month, fields.day);
  if (fields.year < 1 || day.month() != fields.month || day.day() != fields.day) {
    return std::nullopt;
  }
  const absl::Time time = absl::FromCivil(absl::CivilSecond(day), absl::UTCTimeZone()) +
                          absl::Hours(fields.hour) + absl::Minutes(fields.minute) +
                          absl::Seconds(fields.second);
  if (time != Bounded(time)) return std::nullopt;  // the leap second of the last year
  return time;
}

void TimeOfDay(Scanner* scanner, Fields* fields) {
  fields->hour = scanner->Digits(2);
  scanner->Literal(":");
  fields->minute = scanner->Digits(2);
  scanner->Literal(":");
  fields->second = scanner->Digits(2);
}

std::optional<absl::Time> ParseFixdate(absl::string_view text) {
  Scanner scanner(text);
  Fields fields;
  scanner.Word(kDays);
  scanner.Literal(", ");
  fields.day = scanner.Digits(2);
  scanner.Literal(" ");
  fields.month = scanner.Word(kMonths) + 1;
  scanner.Literal(" ");
  fields.year = scanner.Digits(4);
  scanner.Literal(" ");
  TimeOfDay(&scanner, &fields);
  scanner.Literal(" GMT");
  return scanner.AtEnd() ? FromFields(fields) : std::nullopt;
}

// RFC 850: "Sunday, 06-Nov-94 08:49:37 GMT".
std::optional<absl::Time> ParseRfc850(absl::string_view text, absl::Time now) {
  Scanner scanner(text);
  Fields fields;
  scanner.Word(kLongDays);
  scanner.Literal(", ");
  fields.day = scanner.Digits(2);
  scanner.Literal("-");
  fields.month = scanner.Word(kMonths) + 1;
  scanner.Literal("-");
  const int two_digits = scanner.Digits(2);
  scanner.Literal(" ");
  TimeOfDay(&scanner, &fields);
  scanner.Literal(" GMT");
  if (!scanner.AtEnd()) return std::nullopt;
  const int this_year = static_cast<int>(Civil(Bounded(now)).year());
  fields.year = this_year - this_year % 100 + two_digits;
  if (fields.year > this_year + 50) fields.year -= 100;
  return FromFields(fields);
}

// C's asctime: "Sun Nov  6 08:49:37 1994".
std::optional<absl::Time> ParseAsctime(absl::string_view text) {
  Scanner scanner(text);
  Fields fields;
  scanner.Word(kDays);
  scanner.Literal(" ");
  fields.month = scanner.Word(kMonths) + 1;
  scanner.Literal(" ");
  fields.day = scanner.Skip(" ") ? scanner.Digits(1) : scanner.Digits(2);
  scanner.Literal(" ");
  TimeOfDay(&scanner, &fields);
  scanner.Literal(" ");
  fields.year = scanner.Digits(4);
  return scanner.AtEnd() ? FromFields(fields) : std::nullopt;
}

}  // namespace

std::string HttpDate(absl::Time time) {
  const absl::CivilSecond civil = Civil(Bounded(time));
  const auto weekday = static_cast<size_t>(absl::GetWeekday(civil));
  std::string out = absl::StrCat(kDays[weekday], ", ");
  AppendDigits(civil.day(), 2, &out);
  absl::StrAppend(&out, " ", kMonths[civil.month() - 1], " ");
  AppendDigits(civil.year(), 4, &out);
  out.push_back(' ');
  AppendDigits(civil.hour(), 2, &out);
  out.push_back(':');
  AppendDigits(civil.minute(), 2, &out);
  out.push_back(':');
  AppendDigits(civil.second(), 2, &out);
  return out + " GMT";
}

std::optional<absl::Time> ParseHttpDate(absl::string_view text, absl::Time now) {
  if (const auto time = ParseFixdate(text)) return time;
  if (const auto time = ParseRfc850(text, now)) return time;
  return ParseAsctime(text);
}

void AppendIsoMillis(absl::Time time, std::string* out) {
  time = Bounded(time);
  const absl::CivilSecond civil = Civil(time);
  const absl::Time whole = absl::FromCivil(civil, absl::UTCTimeZone());
  AppendDigits(civil.year(), 4, out);
  out->push_back('-');
  AppendDigits(civil.month(), 2, out);
  out->push_back('-');
  AppendDigits(civil.day(), 2, out);
  out->push_back('T');
  AppendDigits(civil.hour(), 2, out);
  out->push_back(':');
  AppendDigits(civil.minute(), 2, out);
  out->push_back(':');
  AppendDigits(civil.second(), 2, out);
  out->push_back('.');
  AppendDigits(absl::ToInt64Milliseconds(time - whole), 3, out);
  out->push_back('Z');
}

std::string IsoMillis(absl::Time time) {
  std::string out;
  AppendIsoMillis(time, &out);
  return out;
}

std::optional<absl::Time> ParseIso(absl::string_view text) {
  Scanner scanner(text);
  Fields fields;
  fields.year = scanner.Digits(4);
  scanner.Literal("-");
  fields.month = scanner.Digits(2);
  scanner.Literal("-");
  fields.day = scanner.Digits(2);
  scanner.Literal("T");
  TimeOfDay(&scanner, &fields);
  absl::Duration fraction;
  if (scanner.Skip(".")) {
    if (!scanner.AtDigit()) scanner.Refuse();
    absl::Duration digit = absl::Milliseconds(100);
    for (int i = 0; i < 9 && scanner.AtDigit(); ++i, digit /= 10) {
      fraction += scanner.Digits(1) * digit;
    }
  }
  scanner.Literal("Z");
  if (!scanner.AtEnd()) return std::nullopt;
  const auto whole = FromFields(fields);
  if (!whole.has_value()) return std::nullopt;
  return *whole + fraction;
}

std::optional<absl::Time> ParseIsoBasic(absl::string_view text) {
  Scanner scanner(text);
  Fields fields;
  fields.year = scanner.Digits(4);
  fields.month = scanner.Digits(2);
  fields.day = scanner.Digits(2);
  scanner.Literal("T");
  fields.hour = scanner.Digits(2);
  fields.minute = scanner.Digits(2);
  fields.second = scanner.Digits(2);
  scanner.Literal("Z");
  return scanner.AtEnd() ? FromFields(fields) : std::nullopt;
}

absl::Time ToTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const int64_t seconds = absl::ToUnixSeconds(time);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return timestamp;
}

}  // namespace trebol
