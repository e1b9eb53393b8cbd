#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "client/types.h"

namespace trebol::client {

// Listings come in pages, in order of the bytes of the keys. Keys that share prefix…delimiter are
// folded into one common prefix. A page size counts keys and prefixes; 0 is 1,000, at most 10,000.

struct ListObjectsRequest {
  std::string bucket;
  std::string prefix;
  std::string delimiter;
  std::string start_after;  // keys greater than this
  std::string page_token;   // of the previous page; the other fields must be the same
  uint32_t page_size = 0;
};

struct ListObjectsPage {
  std::vector<ObjectInfo> objects;
  std::vector<std::string> common_prefixes;
  std::string next_page_token;  // empty on the last page
};

struct ListObjectVersionsRequest {
  std::string bucket;
  std::string prefix;
  std::string delimiter;
  std::string start_after;          // keys greater than this; with start_after_version:
  std::string start_after_version;  // that key's versions older than this, and later keys
  std::string page_token;
  uint32_t page_size = 0;
};

struct ListObjectVersionsPage {
  std::vector<ObjectInfo> versions;  // delete markers too; of a key, the newest first
  std::vector<std::string> common_prefixes;
  std::string next_page_token;
};

}  // namespace trebol::client
