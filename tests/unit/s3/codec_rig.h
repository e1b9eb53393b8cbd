#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/base/bytes.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {

/// S3's code of an error; "OK" of none.
inline std::string CodeOf(const absl::Status& status) {
  return status.ok() ? "OK" : ToS3Error(status).code;
}

/// `text` cut into pieces of the sizes in `cuts`, over and over; at least one byte each.
inline std::vector<Bytes> Cut(const std::string& text, std::vector<uint8_t> cuts) {
  if (cuts.empty()) cuts.push_back(255);
  std::vector<Bytes> pieces;
  for (size_t at = 0, i = 0; at < text.size(); ++i) {
    const size_t size = std::min<size_t>(cuts[i % cuts.size()] + 1u, text.size() - at);
    pieces.emplace_back(text.substr(at, size));
    at += size;
  }
  return pieces;
}

}  // namespace trebol
