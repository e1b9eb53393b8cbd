#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "client/access.h"

namespace trebol::cli {

// How rights are written. Parsers give nothing for another word.

/// read, write, read-write, owner.
std::string RightName(client::Right right);
std::optional<client::Right> ParseRight(absl::string_view word);

/// none, read, upload, read-write; also private, download and public, as MinIO's client calls them.
std::string AnonymousName(client::AnonymousAccess access);
std::optional<client::AnonymousAccess> ParseAnonymous(absl::string_view word);

}  // namespace trebol::cli
