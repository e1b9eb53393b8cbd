#include "common/telemetry/log_line.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/names.h"

namespace trebol {
namespace {

absl::string_view NameOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "DEBUG";
    case LogLevel::kInfo:
      return "INFO";
    case LogLevel::kWarning:
      return "WARNING";
    case LogLevel::kError:
      return "ERROR";
  }
  return "ERROR";
}

/// The bytes of the UTF-8 character that `text` begins with, 0 if it begins with none.
size_t CharacterSize(absl::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return size <= text.size() && IsValidUtf8(text.substr(0, size)) ? size : 0;
}

/// Characters above ASCII that end a line, steer a terminal or reverse what one reads: C1 controls,
/// line and paragraph separators, directional marks, overrides and isolates.
bool IsTreacherous(absl::string_view character) {
  if (character.size() == 2) return character[0] == '\xc2' && character[1] < '\xa0';
  if (character.size() != 3 || character[0] != '\xe2') return false;
  const auto second = static_cast<unsigned char>(character[1]);
  const auto third = static_cast<unsigned char>(character[2]);
  return (second == 0x80 && (third == 0x8e || third == 0x8f || (third >= 0xa8 && third <= 0xae))) ||
         (second == 0x81 && third >= 0xa6 && third <= 0xa9);
}

/// Appends `text` so that it can stand between double quotes. What cannot be shown is written byte
/// by byte: as \xNN in text, as \u00NN in JSON, which has no other way.
void AppendEscaped(absl::string_view text, LogFormat format, std::string* out) {
  const auto append_bytes = [&](absl::string_view bytes) {
    for (const unsigned char byte : bytes) {
      absl::StrAppend(out, format == LogFormat::kJson ? "\\u00" : "\\x",
                      absl::Hex(byte, absl::kZeroPad2));
    }
  };
  while (!text.empty()) {
    const size_t size = std::max<size_t>(1, CharacterSize(text));
    const absl::string_view character = text.substr(0, size);
    const char first = character[0];
    if (first == '"' || first == '\\') {
      absl::StrAppend(out, "\\", character);
    } else if (first == '\n') {
      out->append("\\n");
    } else if (first == '\t') {
      out->append("\\t");
    } else if (first == '\r') {
      out->append("\\r");
    } else if (absl::ascii_iscntrl(first) || CharacterSize(text) == 0 || IsTreacherous(character)) {
      append_bytes(character);
    } else {
      absl::StrAppend(out, character);
    }
    text.remove_prefix(size);
  }
}

bool NeedsQuotes(absl::string_view value) {
  constexpr absl::string_view kPlain = "-_./:@%+,#*";
  return value.empty() || !std::all_of(value.begin(), value.end(), [&](char c) {
           return absl::ascii_isalnum(c) || kPlain.find(c) != absl::string_view::npos;
         });
}

void AppendQuoted(absl::string_view text, LogFormat format, std::string* out) {
  out->push_back('"');
  AppendEscaped(text, format, out);
  out->push_back('"');
}

std::string Timestamp(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

}  // namespace

std::string FormatLogLine(LogFormat format, absl::Time time, LogLevel level,
                          absl::string_view component, absl::string_view message,
                          std::initializer_list<LogField> fields) {
  std::string line;
  if (format == LogFormat::kText) {
    absl::StrAppend(&line, Timestamp(time), " ", NameOf(level), " ", component, " ");
    AppendEscaped(message, format, &line);
    for (const LogField& field : fields) {
      absl::StrAppend(&line, " ", field.name, "=");
      if (field.is_text && NeedsQuotes(field.value)) {
        AppendQuoted(field.value, format, &line);
      } else {
        line.append(field.value);
      }
    }
    return line;
  }
  absl::StrAppend(&line, "{\"time\":\"", Timestamp(time), "\",\"level\":\"", NameOf(level),
                  "\",\"component\":");
  AppendQuoted(component, format, &line);
  line.append(",\"message\":");
  AppendQuoted(message, format, &line);
  for (const LogField& field : fields) {
    line.push_back(',');
    AppendQuoted(field.name, format, &line);
    line.push_back(':');
    if (field.is_text) {
      AppendQuoted(field.value, format, &line);
    } else {
      line.append(field.value);
    }
  }
  line.push_back('}');
  return line;
}

}  // namespace trebol
