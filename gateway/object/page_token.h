#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trebol {

/// Page tokens: opaque to clients, they name where the next page begins, and are bound to the
/// listing that they come from, so that a token of another is refused. Pure.

/// What a token must agree with: the fields of a request that stay the same from page to page.
uint32_t ListingOf(std::initializer_list<absl::string_view> fields);

std::string MakePageToken(uint32_t listing, absl::string_view place);
/// The place. INVALID_PAGE_TOKEN.
absl::StatusOr<std::string> ReadPageToken(uint32_t listing, absl::string_view token);
absl::Status InvalidPageToken();

/// Prefix, delimiter and the like: UTF-8 of at most 1,024 bytes without a NUL.
absl::Status ValidateListingField(absl::string_view name, absl::string_view value);
absl::Status ValidatePageSize(uint32_t page_size);

}  // namespace trebol
