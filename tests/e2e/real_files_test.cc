// Real files through the command line and back, identical: 10,000 of /usr/share, and one of more
// than 2 GiB; by a cluster of separate processes and by `trebol server`.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "tests/testing/made_bytes.h"
#include "tests/testing/server_log.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFiles = 10'000;
constexpr size_t kRealFilesAtLeast = 2'000;  // of /usr/share, on a minimal system
constexpr uintmax_t kLargestOfMany = 2 << 20;
constexpr uint64_t kLargeFile = (uint64_t{2} << 30) + 12'345'678;

/// Regular UTF-8-named files of /usr/share, as hard links or copies in `to`; the rest is made.
size_t GatherFiles(const fs::path& to) {
  size_t count = 0;
  std::error_code error;
  auto options = fs::directory_options::skip_permission_denied;
  for (auto it = fs::recursive_directory_iterator("/usr/share", options, error);
       !error && it != fs::recursive_directory_iterator() && count < kFiles; it.increment(error)) {
    std::error_code ignored;
    if (!it->is_regular_file(ignored) || it->is_symlink(ignored) ||
        it->file_size(ignored) > kLargestOfMany) {
      continue;
    }
    const std::string name = it->path().string();
    if (std::any_of(name.begin(), name.end(), [](char c) { return c < ' '; })) continue;
    const fs::path copy = to / it->path().relative_path();
    fs::create_directories(copy.parent_path());
    if (fs::copy_file(it->path(), copy, ignored)) ++count;
  }
  const size_t real = count;
  for (; count < kFiles; ++count) {
    const fs::path made = to / "made" / absl::StrCat(count % 100) / absl::StrCat(count);
    fs::create_directories(made.parent_path());
    std::ofstream(made, std::ios::binary)
        << testing::MadeBytes{.seed = count, .size = count * 7919 % 20'000}.All();
  }
  return real;
}

void MakeLargeFile(const std::string& path) {
  const testing::MadeBytes body{.seed = 77, .size = kLargeFile};
  std::ofstream out(path, std::ios::binary);
  // Ends of random bytes, and a hole between them: a sparse file.
  std::string part(64 << 20, '\0');
  body.Fill(0, part.data(), part.size());
  out.write(part.data(), static_cast<std::streamsize>(part.size()));
  out.seekp(static_cast<std::streamoff>(kLargeFile - part.size()));
  body.Fill(1 << 30, part.data(), part.size());
  out.write(part.data(), static_cast<std::streamsize>(part.size()));
}

class RealFiles : public testing::Story {
 protected:
  testing::ProgramResult Trebol(std::vector<std::string> arguments,
                                testing::ProgramOptions options = {}) {
    arguments.insert(arguments.begin(), testing::ProgramPath("trebol"));
    options.environment["TREBOL_ENDPOINT"] = endpoint_;
    options.timeout = absl::Minutes(10);
    return testing::RunProgram(arguments, options);
  }

  void MustDo(std::vector<std::string> arguments) {
    const auto result = Trebol(arguments);
    ASSERT_EQ(result.exit_code, 0) << result.err.substr(0, 2000);
  }

  void UpAndDown() {
    const std::string up = dir() + "/up", down = dir() + "/down";
    const absl::Time began = absl::Now();
    const size_t real = GatherFiles(up);
    EXPECT_GE(real, kRealFilesAtLeast);
    MustDo({"mb", "trebol://files"});
    MustDo({"cp", "-r", up + "/", "trebol://files/here/"});
    const absl::Time uploaded = absl::Now();
    const auto listed = Trebol({"ls", "-r", "--json", "trebol://files"});
    EXPECT_EQ(listed.exit_code, 0) << listed.err;
    EXPECT_EQ(std::count(listed.out.begin(), listed.out.end(), '\n'),
              static_cast<std::ptrdiff_t>(kFiles));
    MustDo({"cp", "-r", "trebol://files/here/", down + "/"});
    std::cout << kFiles << " files, " << real << " of them real: up in "
              << absl::FormatDuration(uploaded - began) << ", down in "
              << absl::FormatDuration(absl::Now() - uploaded) << std::endl;
    ExpectSame(up, down);
    fs::remove_all(down);
    MustDo({"rb", "--force", "trebol://files"});
  }

  void ALargeFile() {
    const std::string up = dir() + "/large", down = dir() + "/large-back";
    MakeLargeFile(up);
    ASSERT_EQ(fs::file_size(up), kLargeFile);
    MustDo({"mb", "trebol://large"});
    const absl::Time began = absl::Now();
    MustDo({"cp", up, "trebol://large/file"});
    const absl::Time uploaded = absl::Now();
    MustDo({"cp", "trebol://large/file", down});
    std::cout << kLargeFile << " bytes: up in " << absl::FormatDuration(uploaded - began)
              << ", down in " << absl::FormatDuration(absl::Now() - uploaded) << std::endl;
    const auto same = testing::RunProgram({"cmp", up, down}, {.timeout = absl::Minutes(10)});
    EXPECT_EQ(same.exit_code, 0) << same.out << same.err;
    fs::remove(up);
    fs::remove(down);
    MustDo({"rm", "trebol://large/file"});
    MustDo({"rb", "trebol://large"});
  }

  /// Standard input to an object, an object to standard output.
  void Pipes() {
    MustDo({"mb", "trebol://pipes"});
    const testing::MadeBytes body{.seed = 8, .size = 5'000'000};
    const std::string file = dir() + "/pipe-in", back = dir() + "/pipe-out";
    std::ofstream(file, std::ios::binary) << body.All();
    const auto in = Trebol({"cp", "-", "trebol://pipes/object"}, {.stdin_file = file});
    ASSERT_EQ(in.exit_code, 0) << in.err;
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"cp", "trebol://pipes/object", "-"},
          {"cat", "trebol://pipes/object"}}) {
      const auto out = Trebol(command, {.stdout_file = back});
      EXPECT_EQ(out.exit_code, 0) << out.err;
      EXPECT_TRUE(body.All() == testing::ContentsOf(back)) << command[0];
    }
    MustDo({"rb", "--force", "trebol://pipes"});
  }

  void ExpectSame(const std::string& a, const std::string& b) {
    const auto same = testing::RunProgram({"diff", "-r", a, b}, {.timeout = absl::Minutes(10)});
    EXPECT_EQ(same.exit_code, 0) << same.out.substr(0, 1000) << same.err.substr(0, 1000);
  }

  std::string endpoint_;
};

TEST_F(RealFiles, ThroughSeparateProcesses) {
  StartCluster();
  ASSERT_FALSE(HasFatalFailure());
  endpoint_ = cluster().GatewayEndpoints()[0];
  UpAndDown();
  ALargeFile();
  Pipes();
  EXPECT_TRUE(AwaitStatus("everything to be gone", [](const auto& s) {
    return s.objects == 0 && s.garbage_bytes == 0 && ChunkBytes(s) == 0;
  }));
}

TEST_F(RealFiles, ThroughOneProcess) {
  ProcessSpec spec;
  spec.argv = {testing::ProgramPath("trebol"),
               "server",
               dir() + "/data",
               "--grpc-listen",
               "127.0.0.1:0",
               "--admin-listen",
               "127.0.0.1:0",
               "--s3-listen",
               "127.0.0.1:0"};
  spec.drop_environment_prefix = "TREBOL_";
  spec.log_file = dir() + "/server.log";
  auto server = Process::Start(spec);
  ASSERT_TRUE(server.ok()) << server.status();
  std::optional<ReadyLine> ready;
  ASSERT_TRUE(Await("the server to serve", [&] {
    return (ready = FindReadyLine(spec.log_file, 0)).has_value();
  })) << testing::ContentsOf(spec.log_file);
  endpoint_ = ready->endpoint;
  Await("the server to be ready",
        [&] { return Trebol({"health", ready->admin_endpoint}).exit_code == 0; });
  UpAndDown();
  Pipes();
  ASSERT_TRUE(server->Signal(SIGINT).ok());
  EXPECT_TRUE(server->WaitGone(kPatience).ok());
  EXPECT_TRUE(server->EndedWell()) << server->Ending();
}

}  // namespace
}  // namespace trebol
