#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "client/client.h"
#include "tests/testing/fake_gateway.h"
#include "tests/testing/temporary_directory.h"

namespace trebol::client {

/// A gateway with a bucket, a client, and a folder for files.
class FilesTest : public ::testing::Test {
 protected:
  FilesTest() { gateway_.AddBucket("photos"); }

  std::string PathOf(const std::string& name) const { return folder_.path() + "/" + name; }

  std::string Write(const std::string& name, const std::string& data) const {
    std::ofstream(PathOf(name), std::ios::binary) << data;
    return PathOf(name);
  }

  static std::string ReadAll(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  }

  /// The names in the folder.
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  static std::string Pattern(size_t size) {
    std::string data(size, '\0');
    for (size_t i = 0; i < size; ++i) data[i] = static_cast<char>(i * 131 + i / 7919);
    return data;
  }

  /// Notes every figure, and fails when one falls or two calls overlap.
  ProgressCallback Watch() {
    return [this](uint64_t done, uint64_t total) {
      const std::unique_lock<std::mutex> lock(watching_, std::try_to_lock);
      EXPECT_TRUE(lock.owns_lock()) << "two calls at once";
      EXPECT_GE(done, done_);
      EXPECT_LE(done, total);
      if (calls_++ == 0) first_done_ = done;
      done_ = done;
      total_ = total;
    };
  }

  testing::FakeGateway gateway_;
  testing::TemporaryDirectory folder_;
  Client client_ = *Client::Create({.endpoint = gateway_.endpoint()});
  std::mutex watching_;
  int calls_ = 0;
  uint64_t first_done_ = 0;
  uint64_t done_ = 0;
  uint64_t total_ = 0;
};

}  // namespace trebol::client
