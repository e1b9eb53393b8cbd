// A counter that many processes may raise at once: each reads it, and writes only over what it
// read.
//   compare_and_set BUCKET KEY [HOST:PORT]
#include <trebol/client.h>

#include <iostream>
#include <string>

namespace {

using trebol::client::Client;
using trebol::client::ErrorReason;
using trebol::client::ObjectInfo;
using trebol::client::Preconditions;
using trebol::client::ReasonOf;

/// The counter's new value, or what kept us from writing it.
absl::StatusOr<int> TryToRaise(const Client& client, const std::string& bucket,
                               const std::string& key) {
  int count = 0;
  Preconditions unchanged = Preconditions::IfAbsent();
  std::string text;
  const auto read = client.GetObject(bucket, key, [&text](absl::string_view bytes) {
    text.append(bytes.data(), bytes.size());
    return absl::OkStatus();
  });
  if (read.ok()) {
    count = std::stoi(text);
    unchanged = Preconditions::IfMatch(read->etag);
  } else if (ReasonOf(read.status()) != ErrorReason::kObjectNotFound) {
    return read.status();
  }
  const auto written =
      client.PutObject(bucket, key, std::to_string(count + 1), {.preconditions = unchanged});
  if (!written.ok()) return written.status();
  return count + 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: compare_and_set BUCKET KEY [HOST:PORT]\n";
    return 2;
  }
  const auto client = Client::Create({.endpoint = argc > 3 ? argv[3] : "127.0.0.1:9100"});
  if (!client.ok()) {
    std::cerr << client.status() << "\n";
    return 1;
  }
  while (true) {
    const absl::StatusOr<int> count = TryToRaise(*client, argv[1], argv[2]);
    if (count.ok()) {
      std::cout << *count << "\n";
      return 0;
    }
    const ErrorReason reason = ReasonOf(count.status());
    // Another was faster (or took it away): read again.
    if (reason == ErrorReason::kPreconditionFailed || reason == ErrorReason::kObjectNotFound) {
      continue;
    }
    std::cerr << count.status() << "\n";
    return 1;
  }
}
