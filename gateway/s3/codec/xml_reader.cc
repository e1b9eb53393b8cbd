#include "gateway/s3/codec/xml_reader.h"

#include <algorithm>
#include <cstdint>
#include <new>
#include <pugixml.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

absl::string_view LocalName(absl::string_view name) {
  const size_t colon = name.rfind(':');
  return colon == absl::string_view::npos ? name : name.substr(colon + 1);
}

// XML's Char, without NUL and surrogates.
bool IsXmlCharacter(uint32_t code) {
  return code > 0 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
}

bool IsReference(absl::string_view name) {
  for (const absl::string_view known : {"amp", "lt", "gt", "quot", "apos"}) {
    if (name == known) return true;
  }
  if (!absl::ConsumePrefix(&name, "#")) return false;
  const bool hexadecimal = absl::ConsumePrefix(&name, "x");
  // Nothing but digits: the number parsers take signs, blanks and 0x, too.
  const bool digits = !name.empty() && std::all_of(name.begin(), name.end(), [hexadecimal](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return hexadecimal ? absl::ascii_isxdigit(byte) : absl::ascii_isdigit(byte);
  });
  uint32_t code = 0;
  return digits &&
         (hexadecimal ? absl::SimpleHexAtoi(name, &code) : absl::SimpleAtoi(name, &code)) &&
         IsXmlCharacter(code);
}

// pugixml leaves an entity that it does not know in the text as it stands, and so would change what
// the client meant.
absl::Status CheckReferences(absl::string_view text) {
  for (size_t i = 0; i < text.size();) {
    i = text.find_first_of("&<", i);
    if (i == absl::string_view::npos) break;
    const absl::string_view rest = text.substr(i);
    absl::string_view end;
    if (absl::StartsWith(rest, "<![CDATA[")) {
      end = "]]>";
    } else if (absl::StartsWith(rest, "<!--")) {
      end = "-->";
    } else if (rest[0] == '<') {
      ++i;
      continue;
    }
    if (!end.empty()) {
      const size_t found = text.find(end, i);
      if (found == absl::string_view::npos) break;  // the parser will say it
      i = found + end.size();
      continue;
    }
    const size_t semicolon = rest.substr(0, 16).find(';');
    if (semicolon == absl::string_view::npos || !IsReference(rest.substr(1, semicolon - 1))) {
      return MalformedXml(
          absl::StrCat("byte ", i, ", '", absl::CHexEscape(rest.substr(0, 16)),
                       "', is no reference to a character; '&' itself is written &amp;"));
    }
    i += semicolon;
  }
  return absl::OkStatus();
}

absl::Status CheckBytes(absl::string_view text, const XmlLimits& limits) {
  if (text.size() > limits.bytes) {
    return MalformedXml(absl::StrCat("the document has ", text.size(), " bytes; at most ",
                                     limits.bytes, " are allowed"));
  }
  // Before the parser makes a node of each: an element is at most two tags.
  const auto tags = static_cast<size_t>(std::count(text.begin(), text.end(), '<'));
  if (tags > 2 * limits.elements + 16) {
    return MalformedXml(absl::StrCat("the document has more than ", limits.elements,
                                     " elements; send less at once"));
  }
  if (text.find('\0') != absl::string_view::npos || !IsValidUtf8(text)) {
    return MalformedXml("the document is not UTF-8, or has a NUL character");
  }
  return CheckReferences(text);
}

absl::Status Convert(const pugi::xml_node& node, size_t depth, const XmlLimits& limits,
                     size_t* elements, XmlElement* element) {
  if (depth > limits.depth || ++*elements > limits.elements) {
    return MalformedXml(absl::StrCat("the document has more than ", limits.depth, " levels or ",
                                     limits.elements, " elements"));
  }
  element->name = std::string(LocalName(node.name()));
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    if (absl::string_view(attribute.name()) == "type" ||
        absl::EndsWith(attribute.name(), ":type")) {
      element->type = attribute.value();
    }
  }
  for (const pugi::xml_node& child : node.children()) {
    switch (child.type()) {
      case pugi::node_element:
        element->children.emplace_back();
        RETURN_IF_ERROR(Convert(child, depth + 1, limits, elements, &element->children.back()));
        break;
      case pugi::node_pcdata:
      case pugi::node_cdata:
        element->text += child.value();
        break;
      case pugi::node_doctype:
        return MalformedXml("a DTD stands inside an element");
      default:
        break;
    }
  }
  // A reference that CheckReferences took for text of an instruction may stand for a surrogate.
  if (!IsValidUtf8(element->text)) return MalformedXml("a text is not UTF-8");
  return absl::OkStatus();
}

absl::StatusOr<pugi::xml_node> OnlyRoot(const pugi::xml_document& document) {
  pugi::xml_node root;
  for (const pugi::xml_node& node : document.children()) {
    switch (node.type()) {
      case pugi::node_element:
        if (!root.empty()) return MalformedXml("the document has more than one root element");
        root = node;
        break;
      case pugi::node_doctype:
        return MalformedXml("the document has a DTD (<!DOCTYPE …>), which is not allowed");
      case pugi::node_pcdata:
      case pugi::node_cdata:
        return MalformedXml("there is text outside of the root element");
      default:
        break;
    }
  }
  if (root.empty()) return MalformedXml("the document has no element");
  return root;
}

}  // namespace

const XmlElement* XmlElement::Find(absl::string_view child) const {
  const auto found = std::find_if(children.begin(), children.end(),
                                  [child](const XmlElement& each) { return each.name == child; });
  return found == children.end() ? nullptr : &*found;
}

absl::string_view XmlElement::TextOf(absl::string_view child) const {
  const XmlElement* const found = Find(child);
  return found == nullptr ? absl::string_view() : absl::string_view(found->text);
}

absl::Status MalformedXml(absl::string_view message) {
  return S3Only(400, "MalformedXML", absl::StrCat("the XML that you sent is not valid: ", message));
}

absl::StatusOr<XmlElement> ReadXml(absl::string_view text, absl::string_view root,
                                   const XmlLimits& limits) {
  RETURN_IF_ERROR(CheckBytes(text, limits));
  // DTDs, comments and what surrounds the root become nodes, to be seen and refused or passed over;
  // blanks are text only where an element has nothing else: a tag's value may be one.
  constexpr unsigned int kOptions = pugi::parse_escapes | pugi::parse_cdata | pugi::parse_eol |
                                    pugi::parse_doctype | pugi::parse_fragment |
                                    pugi::parse_declaration | pugi::parse_comments |
                                    pugi::parse_ws_pcdata_single;
  try {
    pugi::xml_document document;
    const pugi::xml_parse_result result =
        document.load_buffer(text.data(), text.size(), kOptions, pugi::encoding_utf8);
    if (!result) {
      return MalformedXml(absl::StrCat("byte ", result.offset, ": ", result.description()));
    }
    ASSIGN_OR_RETURN(const pugi::xml_node node, OnlyRoot(document));
    XmlElement element;
    size_t elements = 0;
    RETURN_IF_ERROR(Convert(node, 1, limits, &elements, &element));
    if (element.name != root) {
      return MalformedXml(absl::StrCat("its root is <",
                                       absl::CHexEscape(element.name.substr(0, 64)), ">; <", root,
                                       "> is wanted"));
    }
    return element;
  } catch (const std::bad_alloc&) {
    return MalformedXml("the document is too large");
  }
}

}  // namespace trebol
