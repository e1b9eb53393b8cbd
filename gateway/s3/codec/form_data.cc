#include "gateway/s3/codec/form_data.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "gateway/s3/codec/cord_find.h"
#include "gateway/s3/codec/header_parameters.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

constexpr absl::string_view kHeadEnd = "\r\n\r\n";

absl::Status Malformed(absl::string_view what) {
  return S3Only(400, "MalformedPOSTRequest",
                absl::StrCat("the body is no well-formed multipart/form-data: ", what));
}

}  // namespace

absl::StatusOr<std::string> FormBoundary(absl::string_view content_type) {
  const auto header = ParseHeaderParameters(content_type);
  if (header.has_value() && absl::EqualsIgnoreCase(header->value, "multipart/form-data")) {
    const std::string boundary = header->Get("boundary");
    const bool good = !boundary.empty() && boundary.size() <= 70 && boundary.back() != ' ' &&
                      std::all_of(boundary.begin(), boundary.end(), [](char c) {
                        return absl::ascii_isprint(static_cast<unsigned char>(c));
                      });
    if (good) return boundary;
  }
  return Malformed(absl::StrCat("the Content-Type '", absl::CHexEscape(content_type.substr(0, 100)),
                                "' names no boundary of 1 to 70 characters"));
}

absl::string_view FormFields::Get(absl::string_view name) const {
  for (const auto& [each, value] : fields) {
    if (each == name) return value;
  }
  return {};
}

std::string FormFields::Substituted(absl::string_view name) const {
  return absl::StrReplaceAll(Get(name), {{"${filename}", filename}});
}

FormDataParser::FormDataParser(std::string boundary)
    : delimiter_(absl::StrCat("\r\n--", boundary)) {}

absl::StatusOr<Bytes> FormDataParser::Feed(Bytes input) {
  pending_.Append(std::move(input));
  Bytes output;
  bool more = true;
  while (failed_.ok() && more) failed_ = Step(&output, &more);
  if (!failed_.ok()) {
    pending_.Clear();
    return failed_;
  }
  return output;
}

absl::Status FormDataParser::Finish() {
  if (!failed_.ok() || state_ == State::kEnd) return failed_;
  failed_ = file_began()
                ? S3Only(400, "IncompleteBody", "the form ended before its closing boundary")
                : Malformed("it ended before a file came");
  return failed_;
}

absl::Status FormDataParser::Step(Bytes* output, bool* more) {
  switch (state_) {
    case State::kStart:
      return TakeStart(more);
    case State::kHead:
      return TakeHead(more);
    case State::kValue:
      return TakeValue(more);
    case State::kFile:
      return TakeFile(output, more);
    case State::kRest:
      return TakeRest(more);
    case State::kSkip:
      return Skip(more);
    case State::kEnd:
      pending_.Clear();  // an epilogue says nothing
      *more = false;
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

std::string FormDataParser::Take(size_t size) {
  std::string taken(pending_.Subcord(0, size));
  pending_.RemovePrefix(size);
  before_file_ += size;
  return taken;
}

absl::Status FormDataParser::CheckSizeBeforeFile() const {
  if (before_file_ <= kMaxBeforeFile && before_file_ + pending_.size() <= kMaxBeforeFile) {
    return absl::OkStatus();
  }
  return S3Only(
      400, "MaxPostPreDataLengthExceededError",
      absl::StrCat("your POST request fields preceding the upload file were too large; at "
                   "most ",
                   kMaxBeforeFile, " bytes are allowed"));
}

// The first delimiter has no CR LF before it; nothing may precede it.
absl::Status FormDataParser::TakeStart(bool* more) {
  const size_t size = delimiter_.size() - 2;
  *more = pending_.size() >= size;
  if (!*more) return absl::OkStatus();
  if (Take(size) != delimiter_.substr(2)) return Malformed("it does not begin with its boundary");
  state_ = State::kHead;
  return absl::OkStatus();
}

// What follows a delimiter: CR LF and the head of a part. The form cannot end here: the file is
// missing.
absl::Status FormDataParser::TakeHead(bool* more) {
  if (pending_.size() >= 2 && pending_.Subcord(0, 2) == "--") {
    return S3Only(400, "InvalidArgument", "POST requires exactly one file upload per request.");
  }
  if (pending_.size() >= 2 && pending_.Subcord(0, 2) != "\r\n") {
    return Malformed("no CR LF stands behind a boundary");
  }
  const std::optional<size_t> end = FindInCord(pending_, kHeadEnd);
  *more = end.has_value();
  if (!*more) return CheckSizeBeforeFile();
  const std::string head = Take(*end + kHeadEnd.size());
  if (before_file_ > kMaxBeforeFile) return CheckSizeBeforeFile();
  return OnHead(absl::string_view(head).substr(2, *end - std::min<size_t>(*end, 2)));
}

absl::Status FormDataParser::OnHead(absl::string_view head) {
  std::optional<HeaderParameters> disposition;
  std::string content_type;
  for (const absl::string_view line : absl::StrSplit(head, "\r\n")) {
    const size_t colon = line.find(':');
    if (colon == absl::string_view::npos || line.find_first_of("\r\n") != line.npos) {
      return Malformed(absl::StrCat("'", absl::CHexEscape(line.substr(0, 100)), "' is no header"));
    }
    const absl::string_view name = absl::StripAsciiWhitespace(line.substr(0, colon));
    const absl::string_view value = absl::StripAsciiWhitespace(line.substr(colon + 1));
    if (absl::EqualsIgnoreCase(name, "content-disposition")) {
      if (disposition.has_value()) return Malformed("a part has two Content-Dispositions");
      disposition = ParseHeaderParameters(value);
      if (!disposition.has_value()) break;
    } else if (absl::EqualsIgnoreCase(name, "content-type")) {
      content_type = std::string(value);
    }
  }
  if (!disposition.has_value() || !absl::EqualsIgnoreCase(disposition->value, "form-data")) {
    return Malformed("a part has no Content-Disposition of form-data");
  }
  name_ = absl::AsciiStrToLower(disposition->Get("name"));
  if (name_.empty()) return Malformed("a field has no name");
  if (name_ != "file") {
    if (fields_.fields.size() == kMaxFields) {
      return Malformed(absl::StrCat("there are more than ", kMaxFields, " fields"));
    }
    for (const auto& [each, value] : fields_.fields) {
      if (each != name_) continue;
      return S3Only(400, "InvalidArgument",
                    absl::StrCat("the form has the field '", absl::CHexEscape(name_), "' twice"));
    }
    state_ = State::kValue;
    return absl::OkStatus();
  }
  // Some browsers send whole paths.
  const std::string filename = disposition->Get("filename");
  fields_.filename = filename.substr(filename.find_last_of("/\\") + 1);
  fields_.file_content_type = content_type;
  state_ = State::kFile;
  return absl::OkStatus();
}

absl::Status FormDataParser::TakeValue(bool* more) {
  const std::optional<size_t> end = FindInCord(pending_, delimiter_);
  *more = end.has_value();
  if (!*more) return CheckSizeBeforeFile();
  std::string value = Take(*end);
  Take(delimiter_.size());
  if (before_file_ > kMaxBeforeFile) return CheckSizeBeforeFile();
  if (!IsValidUtf8(name_) || !IsValidUtf8(value)) {
    return Malformed(absl::StrCat("the field '", absl::CHexEscape(name_), "' is not UTF-8"));
  }
  fields_.fields.emplace_back(std::move(name_), std::move(value));
  state_ = State::kHead;
  return absl::OkStatus();
}

absl::Status FormDataParser::TakeFile(Bytes* output, bool* more) {
  const std::optional<size_t> end = FindInCord(pending_, delimiter_);
  *more = end.has_value();
  if (end.has_value()) {
    output->Append(pending_.Subcord(0, *end));
    pending_.RemovePrefix(*end + delimiter_.size());
    state_ = State::kRest;
    return absl::OkStatus();
  }
  // The end of what came may be the beginning of a delimiter.
  const size_t keep = std::min(pending_.size(), delimiter_.size() - 1);
  output->Append(pending_.Subcord(0, pending_.size() - keep));
  pending_.RemovePrefix(pending_.size() - keep);
  return absl::OkStatus();
}

// Behind a delimiter after the file: "--" at the end of the form, or a part that nobody wants.
absl::Status FormDataParser::TakeRest(bool* more) {
  *more = pending_.size() >= 2;
  if (*more) state_ = pending_.Subcord(0, 2) == "--" ? State::kEnd : State::kSkip;
  return absl::OkStatus();
}

absl::Status FormDataParser::Skip(bool* more) {
  const std::optional<size_t> end = FindInCord(pending_, delimiter_);
  *more = end.has_value();
  if (end.has_value()) {
    pending_.RemovePrefix(*end + delimiter_.size());
    state_ = State::kRest;
  } else {
    pending_.RemovePrefix(pending_.size() - std::min(pending_.size(), delimiter_.size() - 1));
  }
  return absl::OkStatus();
}

}  // namespace trebol
