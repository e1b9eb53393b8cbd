// Lists a bucket, page after page.
//   list_objects BUCKET [PREFIX [HOST:PORT]]
#include <trebol/client.h>

#include <iostream>

using trebol::client::Client;
using trebol::client::ListObjectsPage;
using trebol::client::ListObjectsRequest;

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: list_objects BUCKET [PREFIX [HOST:PORT]]\n";
    return 2;
  }
  const auto client = Client::Create({.endpoint = argc > 3 ? argv[3] : "127.0.0.1:9100"});
  if (!client.ok()) {
    std::cerr << client.status() << "\n";
    return 1;
  }
  const absl::Status status = client->ForEachPage(
      ListObjectsRequest{.bucket = argv[1], .prefix = argc > 2 ? argv[2] : "", .delimiter = "/"},
      [](const ListObjectsPage& page) {
        for (const auto& prefix : page.common_prefixes) std::cout << prefix << "\n";
        for (const auto& object : page.objects) {
          std::cout << object.key << "\t" << object.size << "\t"
                    << absl::FormatTime(object.last_modified) << "\n";
        }
        return absl::OkStatus();
      });
  if (status.ok()) return 0;
  std::cerr << status << "\n";
  return 1;
}
