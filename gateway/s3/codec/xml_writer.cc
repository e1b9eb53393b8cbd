#include "gateway/s3/codec/xml_writer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/base/names.h"
#include "gateway/s3/codec/http_dates.h"

namespace trebol {
namespace {

constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool IsPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x7F && c != '&' && c != '<' && c != '>' && c != '"';
}

// `valid`: bytes from 0x80 on are UTF-8.
void AppendSpecial(char c, bool valid, std::string* out) {
  const auto byte = static_cast<unsigned char>(c);
  switch (c) {
    case '&':
      out->append("&amp;");
      return;
    case '<':
      out->append("&lt;");
      return;
    case '>':
      out->append("&gt;");
      return;
    case '"':
      out->append("&quot;");
      return;
    default:
      break;
  }
  if (byte < 0x20 || byte == 0x7F) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    out->append("&#x");
    if (byte >= 0x10) out->push_back(kDigits[byte >> 4]);
    out->push_back(kDigits[byte & 0x0F]);
    out->push_back(';');
  } else if (valid) {
    out->push_back(c);
  } else {
    absl::StrAppend(out, kReplacement);
  }
}

}  // namespace

void AppendXmlText(absl::string_view text, std::string* out) {
  const auto first =
      static_cast<size_t>(std::find_if_not(text.begin(), text.end(), IsPlain) - text.begin());
  out->append(text.data(), first);
  if (first == text.size()) return;  // nearly every text
  const bool valid = IsValidUtf8(text);
  for (const char c : text.substr(first)) {
    if (IsPlain(c)) {
      out->push_back(c);
    } else {
      AppendSpecial(c, valid, out);
    }
  }
}

XmlWriter::XmlWriter(absl::string_view root, absl::string_view name_space) {
  out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  if (name_space.empty()) {
    Open(root);
  } else {
    OpenWith(root, absl::StrCat("xmlns=\"", name_space, "\""));
  }
}

void XmlWriter::Begin(absl::string_view name) {
  out_.push_back('<');
  out_.append(name.data(), name.size());
  out_.push_back('>');
}

void XmlWriter::End(absl::string_view name) {
  out_.append("</");
  out_.append(name.data(), name.size());
  out_.push_back('>');
}

void XmlWriter::Open(absl::string_view name) {
  Begin(name);
  open_.push_back(name);
}

void XmlWriter::OpenWith(absl::string_view name, absl::string_view attributes) {
  absl::StrAppend(&out_, "<", name, " ", attributes, ">");
  open_.push_back(name);
}

void XmlWriter::Close() {
  TREBOL_CHECK(!open_.empty());
  End(open_.back());
  open_.pop_back();
}

void XmlWriter::Text(absl::string_view text) { AppendXmlText(text, &out_); }

void XmlWriter::Element(absl::string_view name, absl::string_view text) {
  Begin(name);
  AppendXmlText(text, &out_);
  End(name);
}

void XmlWriter::Optional(absl::string_view name, absl::string_view text) {
  if (!text.empty()) Element(name, text);
}

void XmlWriter::Number(absl::string_view name, uint64_t value) {
  Begin(name);
  absl::StrAppend(&out_, value);
  End(name);
}

void XmlWriter::Flag(absl::string_view name, bool value) {
  Begin(name);
  out_.append(value ? "true" : "false");
  End(name);
}

void XmlWriter::Date(absl::string_view name, absl::Time time) {
  Begin(name);
  AppendIsoMillis(time, &out_);
  End(name);
}

void XmlWriter::Etag(absl::string_view name, absl::string_view etag) {
  Begin(name);
  out_.append("&quot;");
  AppendXmlText(etag, &out_);
  out_.append("&quot;");
  End(name);
}

std::string XmlWriter::Finish() && {
  while (!open_.empty()) Close();
  return std::move(out_);
}

}  // namespace trebol
