#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace trebol {

/// The namespace of S3's answers. Error and PostResponse have none.
inline constexpr absl::string_view kS3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

/// Writes one XML document, from its declaration on, into one string that only grows: a listing of
/// 1,000 keys costs no more than its bytes. Not thread-safe.
///
/// Names of elements are literals of ours: they must outlive the writer and are not escaped. Text
/// is escaped as S3 does it: & < > " by name, control characters as &#xN;. XML 1.0 forbids most of
/// those in any form; clients that have such keys ask for encoding-type=url. Bytes that are no
/// UTF-8 become U+FFFD, so that a document is always one.
class XmlWriter {
 public:
  explicit XmlWriter(absl::string_view root, absl::string_view name_space = kS3Namespace);

  void Open(absl::string_view name);
  /// With attributes as they stand, already escaped: `type="x"`.
  void OpenWith(absl::string_view name, absl::string_view attributes);
  void Close();
  /// The text of the open element.
  void Text(absl::string_view text);

  void Element(absl::string_view name, absl::string_view text);
  /// Nothing where `text` is empty.
  void Optional(absl::string_view name, absl::string_view text);
  void Number(absl::string_view name, uint64_t value);
  void Flag(absl::string_view name, bool value);
  /// As 2009-10-12T17:50:30.000Z.
  void Date(absl::string_view name, absl::Time time);
  /// An etag, which S3 quotes here too.
  void Etag(absl::string_view name, absl::string_view etag);

  /// Closes what is open. The writer is empty after it.
  std::string Finish() &&;

 private:
  void Begin(absl::string_view name);
  void End(absl::string_view name);

  std::string out_;
  std::vector<absl::string_view> open_;
};

/// Appends `text` as XmlWriter::Text does.
void AppendXmlText(absl::string_view text, std::string* out);

}  // namespace trebol
