#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trebol {

/// What a document may be at most. The defaults hold the longest that S3 allows: 10,000 parts with
/// five checksums each.
struct XmlLimits {
  size_t bytes = 8u << 20;
  size_t elements = 100'000;
  size_t depth = 16;
};

/// An element of a document: its local name, the text directly in it, its children in order. A
/// value. Of attributes only xsi:type is kept, the one that S3 gives a meaning.
struct XmlElement {
  std::string name;
  std::string text;
  std::string type;
  std::vector<XmlElement> children;

  /// The first child of this name; null if there is none.
  const XmlElement* Find(absl::string_view child) const;
  /// The text of the first child of this name; empty if there is none.
  absl::string_view TextOf(absl::string_view child) const;
};

/// Reads a document whose root has the local name `root`, in any or no namespace. Pure,
/// thread-safe. S3's MalformedXML for what is not well-formed, is not UTF-8, passes a limit, or has
/// a DTD or an entity other than the five of XML: there is nothing to expand and nothing to fetch.
/// pugixml is the parser; it takes a few ill-formed documents for good ones (a name with odd
/// characters), none with another meaning.
absl::StatusOr<XmlElement> ReadXml(absl::string_view text, absl::string_view root,
                                   const XmlLimits& limits = XmlLimits());

/// MalformedXML with this message.
absl::Status MalformedXml(absl::string_view message);

}  // namespace trebol
