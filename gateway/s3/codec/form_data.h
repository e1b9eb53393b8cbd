#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/bytes.h"

namespace trebol {

/// The boundary that a Content-Type of multipart/form-data names: 1 to 70 characters (RFC 2046).
/// MalformedPOSTRequest for another Content-Type.
absl::StatusOr<std::string> FormBoundary(absl::string_view content_type);

/// What a form says before its file. Lower-case names, none twice, in order. A value.
struct FormFields {
  std::vector<std::pair<std::string, std::string>> fields;
  std::string filename;           // without folders
  std::string file_content_type;  // of the part of the file

  /// Empty where there is none.
  absl::string_view Get(absl::string_view name) const;
  /// The field with every ${filename} replaced, as S3 does it.
  std::string Substituted(absl::string_view name) const;
};

/// Reads a form that uploads an object by POST (RFC 7578; AWS: "POST Object"), in pieces of any
/// size: the fields into memory, within limits, then the file's bytes, which are shared and not
/// copied. What follows the file is passed over, as S3 does. Not thread-safe.
///
/// Errors: MalformedPOSTRequest for what is no such form, MaxPostPreDataLengthExceededError where
/// what precedes the file is too much, InvalidArgument where no file comes or a field comes twice,
/// IncompleteBody where the input ends before the form does. After one the parser gives it again.
class FormDataParser {
 public:
  static constexpr size_t kMaxBeforeFile = 20 * 1024;  // bytes with heads of parts, as in S3
  static constexpr size_t kMaxFields = 100;

  explicit FormDataParser(std::string boundary);

  /// Takes the next piece and gives the bytes of the file in it, which may be none.
  absl::StatusOr<Bytes> Feed(Bytes input);
  /// The body has ended. An error unless the form was whole: only then is the file.
  absl::Status Finish();

  /// The fields are all there: the file has begun.
  bool file_began() const { return state_ >= State::kFile; }
  /// Its last byte was given.
  bool file_ended() const { return state_ >= State::kRest; }
  const FormFields& fields() const { return fields_; }

 private:
  enum class State { kStart, kHead, kValue, kFile, kRest, kSkip, kEnd };

  absl::Status Step(Bytes* output, bool* more);
  absl::Status TakeStart(bool* more);
  absl::Status TakeHead(bool* more);
  absl::Status TakeValue(bool* more);
  absl::Status TakeFile(Bytes* output, bool* more);
  absl::Status TakeRest(bool* more);
  absl::Status Skip(bool* more);
  absl::Status OnHead(absl::string_view head);
  absl::Status CheckSizeBeforeFile() const;
  std::string Take(size_t size);

  const std::string delimiter_;  // CR LF "--" boundary
  absl::Status failed_;
  State state_ = State::kStart;
  Bytes pending_;
  size_t before_file_ = 0;  // bytes taken
  std::string name_;        // of the field that is read
  FormFields fields_;
};

}  // namespace trebol
