#include "cli/access_words.h"

#include <utility>

namespace trebol::cli {
namespace {

using client::AnonymousAccess;
using client::Right;

// The first word of each is its name.
constexpr std::pair<const char*, Right> kRights[] = {{"none", Right::kNone},
                                                     {"read", Right::kRead},
                                                     {"write", Right::kWrite},
                                                     {"read-write", Right::kReadWrite},
                                                     {"owner", Right::kOwner}};
constexpr std::pair<const char*, AnonymousAccess> kAnonymous[] = {
    {"none", AnonymousAccess::kNone},        {"private", AnonymousAccess::kNone},
    {"read", AnonymousAccess::kRead},        {"download", AnonymousAccess::kRead},
    {"upload", AnonymousAccess::kUpload},    {"read-write", AnonymousAccess::kReadWrite},
    {"public", AnonymousAccess::kReadWrite},
};

template <typename Table, typename Value>
std::string NameIn(const Table& table, Value value) {
  for (const auto& [name, meaning] : table) {
    if (meaning == value) return name;
  }
  return "unknown";  // of a newer gateway
}

}  // namespace

std::string RightName(Right right) { return NameIn(kRights, right); }

std::optional<Right> ParseRight(absl::string_view word) {
  for (const auto& [name, right] : kRights) {
    if (word == name && right != Right::kNone) return right;
  }
  return std::nullopt;
}

std::string AnonymousName(AnonymousAccess access) { return NameIn(kAnonymous, access); }

std::optional<AnonymousAccess> ParseAnonymous(absl::string_view word) {
  for (const auto& [name, access] : kAnonymous) {
    if (word == name) return access;
  }
  return std::nullopt;
}

}  // namespace trebol::cli
