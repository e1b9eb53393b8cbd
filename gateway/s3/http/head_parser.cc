#include "gateway/s3/http/head_parser.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace trebol {
namespace {

using Refused = std::optional<HeadRefusal>;

constexpr size_t kMaxMethodSize = 32;
constexpr size_t kMaxLengthDigits = 18;  // below 2^63 whatever they are

HeadRefusal Bad(absl::string_view message) {
  return {.status = 400, .code = "InvalidRequest", .message = std::string(message)};
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; }

bool IsHost(absl::string_view host) {
  // RFC 3986's reg-name, IP literals and a port; no user, no path, no list.
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::StrContains("-._~%!$&'()*+;=:[]", c);
  });
}

Refused ReadTarget(absl::string_view target, size_t most, ParsedHead* parsed,
                   std::string* authority) {
  if (target.size() > most) {
    return HeadRefusal{414, "URITooLong",
                       absl::StrCat("the request's target has ", target.size(), " bytes; at most ",
                                    most, " are allowed")};
  }
  for (char c : target) {
    if (c == ' ' || IsControl(c)) return Bad("the request line is not METHOD TARGET VERSION");
    if (c == '#') return Bad("a target has no '#': write %23");
  }
  const size_t scheme = absl::StartsWithIgnoreCase(target, "http://")    ? 7
                        : absl::StartsWithIgnoreCase(target, "https://") ? 8
                                                                         : 0;
  if (scheme > 0) {
    target.remove_prefix(scheme);
    const size_t end = std::min(target.find_first_of("/?"), target.size());
    *authority = std::string(target.substr(0, end));
    if (!IsHost(*authority)) return Bad("the target's host is none");
    target.remove_prefix(end);
    if (!absl::StartsWith(target, "/")) parsed->head.path = "/";
  } else if (!absl::StartsWith(target, "/") &&
             !(target == "*" && parsed->head.method == "OPTIONS")) {
    return Bad("a target begins with '/'");
  }
  const size_t mark = std::min(target.find('?'), target.size());
  absl::StrAppend(&parsed->head.path, target.substr(0, mark));
  if (mark < target.size()) parsed->head.query = std::string(target.substr(mark + 1));
  return std::nullopt;
}

Refused ReadRequestLine(absl::string_view line, size_t max_target, ParsedHead* parsed,
                        std::string* authority) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == absl::string_view::npos || first == last) {
    return Bad("the request line is not METHOD TARGET VERSION");
  }
  const absl::string_view method = line.substr(0, first);
  const absl::string_view version = line.substr(last + 1);
  if (method.size() > kMaxMethodSize || !IsToken(method)) return Bad("the method is no word");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    if (version.size() == 8 && absl::StartsWith(version, "HTTP/") &&
        absl::ascii_isdigit(static_cast<unsigned char>(version[5])) && version[6] == '.' &&
        absl::ascii_isdigit(static_cast<unsigned char>(version[7]))) {
      return HeadRefusal{505, "HTTPVersionNotSupported", "HTTP/1.1 is spoken here"};
    }
    return Bad("the request line does not end in HTTP/1.1");
  }
  parsed->http_1_1 = version == "HTTP/1.1";
  parsed->head.method = std::string(method);
  return ReadTarget(line.substr(first + 1, last - first - 1), max_target, parsed, authority);
}

Refused ReadHeader(absl::string_view line, RequestHead* head) {
  if (line[0] == ' ' || line[0] == '\t') return Bad("a header goes on over lines");
  const size_t colon = line.find(':');
  if (colon == absl::string_view::npos) return Bad("a header has no ':'");
  const absl::string_view name = line.substr(0, colon);
  if (!IsToken(name)) return Bad("a header's name is no word, or has a blank behind it");
  absl::string_view value = line.substr(colon + 1);
  const size_t begin = std::min(value.find_first_not_of(" \t"), value.size());
  value.remove_prefix(begin);
  value = value.substr(0, value.find_last_not_of(" \t") + 1);
  if (!IsFieldValue(value)) return Bad(absl::StrCat("a control character in header ", name));
  head->headers.emplace_back(absl::AsciiStrToLower(name), std::string(value));
  return std::nullopt;
}

Refused CheckHost(const ParsedHead& parsed, const std::string& authority) {
  const size_t count = parsed.head.Count("host");
  if (count > 1) return Bad("there are several Host headers");
  if (count == 0 && parsed.http_1_1) return Bad("there is no Host header");
  if (count == 0) return std::nullopt;
  const absl::string_view host = parsed.head.Header("host");
  if (!IsHost(host)) return Bad("the Host header names no host");
  if (!authority.empty() && !absl::EqualsIgnoreCase(host, authority)) {
    return Bad("the target and the Host header name different hosts");
  }
  return std::nullopt;
}

Refused ReadFraming(ParsedHead* parsed) {
  const size_t lengths = parsed->head.Count("content-length");
  const size_t codings = parsed->head.Count("transfer-encoding");
  if (lengths > 0 && codings > 0) return Bad("both Content-Length and Transfer-Encoding");
  if (lengths > 1) return Bad("there are several Content-Length headers");
  if (lengths == 1) {
    const absl::string_view text = parsed->head.Header("content-length");
    uint64_t length = 0;
    const bool digits = std::all_of(text.begin(), text.end(), [](char c) {
      return absl::ascii_isdigit(static_cast<unsigned char>(c));
    });
    if (!digits || text.size() > kMaxLengthDigits || !absl::SimpleAtoi(text, &length)) {
      return Bad(absl::StrCat("Content-Length is no number of bytes: '", text, "'"));
    }
    parsed->content_length = length;
  }
  if (codings == 0) return std::nullopt;
  if (!parsed->http_1_1) return Bad("HTTP/1.0 has no Transfer-Encoding");
  if (codings > 1 || !absl::EqualsIgnoreCase(parsed->head.Header("transfer-encoding"), "chunked")) {
    return Bad("the only Transfer-Encoding is 'chunked'");
  }
  parsed->chunked = true;
  return std::nullopt;
}

Refused ReadConnection(ParsedHead* parsed) {
  bool close = false;
  bool keep = false;
  for (const auto& [name, value] : parsed->head.headers) {
    if (name == "connection") {
      for (absl::string_view word : absl::StrSplit(value, ',')) {
        word = absl::StripAsciiWhitespace(word);
        close |= absl::EqualsIgnoreCase(word, "close");
        keep |= absl::EqualsIgnoreCase(word, "keep-alive");
      }
    } else if (name == "expect" && parsed->http_1_1) {
      // Others may be passed over (RFC 9110 section 10.1.1), as S3 does.
      parsed->expects_continue |= absl::EqualsIgnoreCase(value, "100-continue");
    }
  }
  parsed->keep_alive = !close && (parsed->http_1_1 || keep);
  return std::nullopt;
}

}  // namespace

HeadScanner::State HeadScanner::Scan(absl::string_view input) {
  for (; at_ < input.size(); ++at_) {
    const char c = input[at_];
    const bool after_return = at_ > line_ && input[at_ - 1] == '\r';
    if (c == '\n') {
      if (!after_return) return State::kBroken;
      const bool empty = at_ - line_ == 1;
      if (empty && !in_headers_) return State::kBroken;
      line_ = at_ + 1;
      in_headers_ = true;
      if (!empty) continue;
      ++at_;
      return State::kWhole;
    }
    if (after_return || (IsControl(c) && c != '\r' && c != '\t')) return State::kBroken;
  }
  return State::kMore;
}

std::variant<ParsedHead, HeadRefusal> ParseHead(absl::string_view head, size_t max_target_bytes) {
  ParsedHead parsed;
  std::string authority;
  size_t end = head.find("\r\n");
  if (end == absl::string_view::npos) return Bad("this is no HTTP request");
  if (Refused no = ReadRequestLine(head.substr(0, end), max_target_bytes, &parsed, &authority)) {
    return *std::move(no);
  }
  for (head.remove_prefix(end + 2);; head.remove_prefix(end + 2)) {
    end = head.find("\r\n");
    if (end == absl::string_view::npos) return Bad("this is no HTTP request");
    if (end == 0) break;
    if (Refused no = ReadHeader(head.substr(0, end), &parsed.head)) return *std::move(no);
  }
  if (Refused no = CheckHost(parsed, authority)) return *std::move(no);
  if (Refused no = ReadFraming(&parsed)) return *std::move(no);
  if (Refused no = ReadConnection(&parsed)) return *std::move(no);
  return parsed;
}

bool IsToken(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::StrContains("!#$%&'*+-.^_`|~", c);
  });
}

bool IsFieldValue(absl::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return IsControl(c) && c != '\t'; });
}

}  // namespace trebol
