#pragma once

#include <string>

#include "common/base/bytes.h"
#include "trebol/v1/metadata.pb.h"

namespace trebol {

/// A page of a listing as metadata encoded it: a gateway passes its thousands of objects on unread.
struct ListedPage {
  Bytes page;  // a ListObjectsResponse without next_page_token
  bool more = false;
  std::string next_after;
};

inline ListedPage ToListedPage(const v1::ReadPageResponse& response) {
  return {Bytes(response.page().SerializeAsString()), response.more(), response.next_after()};
}

}  // namespace trebol
