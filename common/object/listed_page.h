#pragma once

#include <string>

#include "common/base/bytes.h"

namespace trebol {

/// A page of a listing as metadata encoded it: a gateway passes its thousands of objects on unread.
struct ListedPage {
  Bytes page;  // a ListObjectsResponse without next_page_token
  bool more = false;
  std::string next_after;
};

}  // namespace trebol
