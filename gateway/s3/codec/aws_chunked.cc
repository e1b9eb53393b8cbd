#include "gateway/s3/codec/aws_chunked.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

constexpr absl::string_view kChunkSignature = ";chunk-signature=";
constexpr absl::string_view kTrailerSignature = "x-amz-trailer-signature";

absl::Status Malformed(absl::string_view what) {
  return S3Only(400, "InvalidRequest",
                absl::StrCat("the body is not in the coding aws-chunked: ", what));
}

absl::Status MalformedTrailer(absl::string_view what) {
  return S3Only(400, "MalformedTrailerError",
                absl::StrCat("the trailer is not the one that was announced: ", what));
}

absl::Status Incomplete(absl::string_view what) { return S3Only(400, "IncompleteBody", what); }

bool IsSignature(absl::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool IsTokenCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
}

Hasher Sha256() { return Hasher(v1::Checksum::SHA256); }

std::string Shown(absl::string_view line) {
  return absl::StrCat("'", absl::CHexEscape(line.substr(0, 100)), "'");
}

}  // namespace

AwsChunkedDecoder::AwsChunkedDecoder(Options options, ChunkVerifier* verifier)
    : options_(std::move(options)), verifier_(verifier) {
  TREBOL_CHECK(!options_.signed_chunks || verifier_ != nullptr);
}

absl::StatusOr<Bytes> AwsChunkedDecoder::Feed(Bytes input) {
  Bytes output;
  bool more = true;
  while (failed_.ok() && more) failed_ = Step(&input, &output, &more);
  if (!failed_.ok()) {
    held_.Clear();
    return failed_;
  }
  return output;
}

absl::Status AwsChunkedDecoder::Finish() {
  if (failed_.ok() && !done()) {
    failed_ =
        Incomplete(absl::StrCat("the body ended after ", payload_, " of ", options_.decoded_length,
                                " bytes, before the end of its coding"));
  }
  return failed_;
}

// One step; `more` is false when it needs more input.
absl::Status AwsChunkedDecoder::Step(Bytes* input, Bytes* output, bool* more) {
  std::optional<std::string> line;
  switch (state_) {
    case State::kHead:
      RETURN_IF_ERROR(TakeLine(input, kMaxLine, &line));
      *more = line.has_value();
      return *more ? OnHead(*line) : absl::OkStatus();
    case State::kData:
      *more = !input->empty();
      return *more ? TakeData(input, output) : absl::OkStatus();
    case State::kDataEnd:
      RETURN_IF_ERROR(TakeLine(input, 0, &line));
      *more = line.has_value();
      if (*more) state_ = State::kHead;
      return absl::OkStatus();
    case State::kTrailer:
      RETURN_IF_ERROR(TakeLine(input, kMaxTrailer - trailer_size_, &line));
      *more = line.has_value();
      if (!*more) return absl::OkStatus();
      if (!line->empty()) return OnTrailerLine(*line);
      RETURN_IF_ERROR(OnEnd());
      output->Append(std::move(held_));
      held_.Clear();
      return absl::OkStatus();
    case State::kDone:
      *more = false;
      if (!input->empty()) return Malformed("there are bytes after its end");
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

// A line without its CRLF, once it is whole. A bare CR or LF is an error: two readers could see the
// ends of lines in different places.
absl::Status AwsChunkedDecoder::TakeLine(Bytes* input, size_t limit,
                                         std::optional<std::string>* line) {
  while (!input->empty()) {
    const absl::string_view piece = *input->chunk_begin();
    size_t used = 0;
    bool whole = false;
    while (used < piece.size() && !whole) {
      const char c = piece[used++];
      const bool after_cr = !line_.empty() && line_.back() == '\r';
      if (after_cr != (c == '\n')) return Malformed("a line does not end with CR LF");
      line_.push_back(c);
      whole = c == '\n';
      if (!whole && line_.size() > limit + 1) {
        return Malformed(limit == 0
                             ? "no CR LF stands after a chunk's bytes"
                             : absl::StrCat("a line or the trailer is longer than ",
                                            limit == kMaxLine ? kMaxLine : kMaxTrailer, " bytes"));
      }
    }
    input->RemovePrefix(used);
    if (!whole) continue;
    line_.resize(line_.size() - 2);
    *line = std::move(line_);
    line_.clear();
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status AwsChunkedDecoder::OnHead(absl::string_view line) {
  const size_t end = std::min(line.find(';'), line.size());
  const absl::string_view digits = line.substr(0, end);
  absl::string_view extension = line.substr(end);
  uint64_t size = 0;
  const bool hexadecimal = !digits.empty() && digits.size() <= 16 &&
                           std::all_of(digits.begin(), digits.end(), [](char c) {
                             return absl::ascii_isxdigit(static_cast<unsigned char>(c));
                           });
  if (!hexadecimal || !absl::SimpleHexAtoi(digits, &size)) {
    return Malformed(absl::StrCat(Shown(line), " does not begin with the size of a chunk"));
  }
  if (size > kMaxChunk) {
    return Malformed(
        absl::StrCat("a chunk of ", size, " bytes; at most ", kMaxChunk, " are allowed"));
  }
  if (options_.signed_chunks) {
    if (!absl::ConsumePrefix(&extension, kChunkSignature) || !IsSignature(extension)) {
      return Malformed(absl::StrCat(Shown(line), " has no chunk-signature of 64 digits"));
    }
    signature_ = std::string(extension);
    hash_ = Sha256();
  } else if (!extension.empty()) {
    return Malformed(absl::StrCat(Shown(line), " has an extension, and the chunks are not signed"));
  }
  if (size > options_.decoded_length - payload_) {
    return Incomplete(absl::StrCat("the chunks have more than the ", options_.decoded_length,
                                   " bytes that x-amz-decoded-content-length says"));
  }
  chunk_left_ = size;
  if (size > 0) {
    state_ = State::kData;
    return absl::OkStatus();
  }
  if (payload_ != options_.decoded_length) {
    return Incomplete(absl::StrCat("the chunks have ", payload_,
                                   " bytes, and x-amz-decoded-content-length says ",
                                   options_.decoded_length));
  }
  state_ = State::kTrailer;
  return EndChunk();
}

absl::Status AwsChunkedDecoder::TakeData(Bytes* input, Bytes* output) {
  const auto size = static_cast<size_t>(std::min<uint64_t>(chunk_left_, input->size()));
  Bytes piece = input->Subcord(0, size);
  input->RemovePrefix(size);
  if (hash_.has_value()) hash_->Update(piece);
  chunk_left_ -= size;
  payload_ += size;
  if (payload_ == options_.decoded_length) {
    held_ = std::move(piece);
  } else {
    output->Append(std::move(piece));
  }
  if (chunk_left_ > 0) return absl::OkStatus();
  state_ = State::kDataEnd;
  return EndChunk();
}

absl::Status AwsChunkedDecoder::EndChunk() {
  if (!options_.signed_chunks) return absl::OkStatus();
  const std::string sha256 = absl::BytesToHexString(hash_->Finish());
  hash_.reset();
  return verifier_->OnChunk(signature_, sha256);
}

absl::Status AwsChunkedDecoder::OnTrailerLine(absl::string_view line) {
  trailer_size_ += line.size() + 2;
  if (trailer_size_ >= kMaxTrailer) {
    return Malformed(absl::StrCat("the trailer is longer than ", kMaxTrailer, " bytes"));
  }
  if (!options_.trailer) {
    return Malformed(absl::StrCat(Shown(line),
                                  " stands after the last chunk; no trailer was "
                                  "announced in x-amz-content-sha256"));
  }
  const size_t colon = line.find(':');
  const absl::string_view name = line.substr(0, std::min(colon, line.size()));
  if (colon == absl::string_view::npos || name.empty() ||
      !std::all_of(name.begin(), name.end(), IsTokenCharacter)) {
    return Malformed(absl::StrCat(Shown(line), " is no header of a trailer"));
  }
  const std::string key = absl::AsciiStrToLower(name);
  const absl::string_view value = absl::StripAsciiWhitespace(line.substr(colon + 1));
  if (!trailer_signature_.empty()) {
    return Malformed("there is a header after x-amz-trailer-signature");
  }
  if (key == kTrailerSignature) {
    if (!options_.signed_chunks || !IsSignature(value)) {
      return Malformed("x-amz-trailer-signature is not 64 digits, or nothing is signed");
    }
    trailer_signature_ = std::string(value);
    return absl::OkStatus();
  }
  const auto& wanted = options_.trailer_names;
  if (std::find(wanted.begin(), wanted.end(), key) == wanted.end()) {
    return MalformedTrailer(absl::StrCat("it has ", key, ", which x-amz-trailer does not name"));
  }
  for (const auto& [other, its_value] : trailer_) {
    if (other == key) return Malformed(absl::StrCat("the trailer has ", key, " twice"));
  }
  trailer_.emplace_back(key, std::string(value));
  return absl::OkStatus();
}

absl::Status AwsChunkedDecoder::OnEnd() {
  if (options_.trailer && trailer_.size() != options_.trailer_names.size()) {
    return MalformedTrailer(absl::StrCat("it has ", trailer_.size(),
                                         " headers, and x-amz-trailer names ",
                                         options_.trailer_names.size()));
  }
  if (options_.trailer && options_.signed_chunks) {
    if (trailer_signature_.empty()) return Malformed("the trailer has no x-amz-trailer-signature");
    Hasher hash = Sha256();
    for (const auto& [name, value] : trailer_) hash.Update(absl::StrCat(name, ":", value, "\n"));
    RETURN_IF_ERROR(
        verifier_->OnTrailer(trailer_signature_, absl::BytesToHexString(hash.Finish())));
  }
  state_ = State::kDone;
  return absl::OkStatus();
}

}  // namespace trebol
