// Stores an object, reads it back, deletes it.
//   quickstart [HOST:PORT]
#include <trebol/client.h>

#include <iostream>

namespace {

absl::Status Run(const std::string& endpoint) {
  auto client = trebol::client::Client::Create({.endpoint = endpoint});
  if (!client.ok()) return client.status();

  if (auto bucket = client->CreateBucket("quickstart"); !bucket.ok()) {
    if (!absl::IsAlreadyExists(bucket.status())) return bucket.status();
  }

  const auto stored = client->PutObject("quickstart", "hello.txt", "Hello, clover!\n",
                                        {.content_type = "text/plain"});
  if (!stored.ok()) return stored.status();
  std::cout << stored->size << " bytes stored as version " << stored->version << "\n";

  const auto read = client->GetObject("quickstart", "hello.txt", [](absl::string_view bytes) {
    std::cout << bytes;
    return absl::OkStatus();
  });
  if (!read.ok()) return read.status();

  const auto deleted = client->DeleteObject("quickstart", "hello.txt");
  if (!deleted.ok()) return deleted.status();
  return client->DeleteBucket("quickstart");
}

}  // namespace

int main(int argc, char** argv) {
  const absl::Status status = Run(argc > 1 ? argv[1] : "127.0.0.1:9100");
  if (status.ok()) return 0;
  std::cerr << status << "\n";
  return 1;
}
