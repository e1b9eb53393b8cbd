#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace trebol {

/// Where a server said that it serves.
struct ReadyLine {
  std::string endpoint;
  std::string s3_url;  // empty: none
  std::string admin_endpoint;
};

/// The line `ready: grpc=HOST:PORT [s3=URL] admin=HOST:PORT` that every server prints once it
/// serves, looked for in `log_file` from `offset` on (what an earlier life of the server printed
/// lies before it).
std::optional<ReadyLine> FindReadyLine(const std::string& log_file, uint64_t offset);

/// The last line of a log that is not empty; "" when there is none.
std::string LastLine(const std::string& log_file);

}  // namespace trebol
