// Uploads a file in parallel parts and downloads it again, with progress. Ctrl-C ends it; a
// download goes on where it was when it is started again.
//   upload_file FILE BUCKET KEY COPY [HOST:PORT]
#include <signal.h>
#include <trebol/client.h>

#include <iostream>
#include <thread>

namespace {

using trebol::client::Client;

trebol::client::ProgressCallback Show(const char* what) {
  return [what](uint64_t done, uint64_t total) {
    std::cerr << "\r" << what << " " << (total == 0 ? 100 : 100 * done / total) << " %"
              << (done == total ? "\n" : "") << std::flush;
  };
}

absl::Status Run(const Client& client, const std::string& file, const std::string& bucket,
                 const std::string& key, const std::string& copy) {
  if (auto made = client.CreateBucket(bucket); !made.ok()) {
    if (!absl::IsAlreadyExists(made.status())) return made.status();
  }
  // Parts of 8 MiB even for small files, so that there is something to see.
  const auto sent = client.UploadFile(
      file, bucket, key,
      {.multipart_threshold = 8 << 20, .part_size = 8 << 20, .progress = Show("up")});
  if (!sent.ok()) return sent.status();
  std::cout << sent->size << " bytes in " << sent->parts << " parts\n";

  return client.DownloadFile(bucket, key, copy, {.resume = true, .progress = Show("down")})
      .status();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::cerr << "usage: upload_file FILE BUCKET KEY COPY [HOST:PORT]\n";
    return 2;
  }
  sigset_t interrupt;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  pthread_sigmask(SIG_BLOCK, &interrupt, nullptr);  // for the threads of the client too
  std::stop_source stop;
  std::thread([&] {
    int signal = 0;
    sigwait(&interrupt, &signal);
    stop.request_stop();
  }).detach();

  const auto client =
      Client::Create({.endpoint = argc > 5 ? argv[5] : "127.0.0.1:9100", .stop = stop.get_token()});
  if (!client.ok()) {
    std::cerr << client.status() << "\n";
    return 1;
  }
  const absl::Status status = Run(*client, argv[1], argv[2], argv[3], argv[4]);
  if (status.ok()) return 0;
  std::cerr << "\n" << status << "\n";
  return 1;
}
