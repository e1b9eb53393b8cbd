#include "gateway/object/body_pipe.h"

#include <gtest/gtest.h>

#include <future>
#include <string>

#include "common/async/runtime.h"
#include "common/base/status_macros.h"
#include "tests/testing/gateway_rig.h"

namespace trebol {
namespace {

Task<void> WriteAll(std::shared_ptr<BodyPipe> pipe, std::vector<std::string> pieces,
                    absl::Status end) {
  absl::Status status;
  for (const std::string& piece : pieces) {
    status = co_await pipe->writer()->Write(Bytes(piece));
    if (!status.ok()) break;
  }
  pipe->CloseWriting(end);
  co_return status;
}

Task<std::string> ReadAll(std::shared_ptr<BodyPipe> pipe) {
  std::string read;
  while (true) {
    CO_ASSIGN_OR_RETURN(const Bytes piece, co_await pipe->reader()->Next());
    if (piece.empty()) co_return read;
    read.append(std::string(piece));
  }
}

TEST(BodyPipe, CarriesEveryByteInOrder) {
  Runtime runtime(2);
  const auto pipe = std::make_shared<BodyPipe>();
  std::vector<std::string> pieces;
  std::string all;
  for (int i = 0; i < 1000; ++i) all += pieces.emplace_back(std::to_string(i) + ",");
  std::promise<absl::Status> written;
  runtime.Spawn(WriteAll(pipe, pieces, absl::OkStatus()),
                [&](const absl::Status& status) { written.set_value(status); });
  const auto read = runtime.BlockOn(ReadAll(pipe));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, all);
  EXPECT_TRUE(written.get_future().get().ok());
  runtime.Drain();
}

TEST(BodyPipe, TheReaderSeesWhyTheWriterEnded) {
  Runtime runtime(2);
  const auto pipe = std::make_shared<BodyPipe>();
  runtime.Spawn(WriteAll(pipe, {"a", "b"}, absl::DataLossError("the disk is gone")));
  EXPECT_EQ(runtime.BlockOn(ReadAll(pipe)).status().message(), "the disk is gone");
  runtime.Drain();
}

TEST(BodyPipe, TheWriterEndsWithTheReader) {
  Runtime runtime(2);
  const auto pipe = std::make_shared<BodyPipe>();
  std::promise<absl::Status> written;
  runtime.Spawn(WriteAll(pipe, {"a", "b", "c"}, absl::OkStatus()),
                [&](const absl::Status& status) { written.set_value(status); });
  const auto first = runtime.BlockOn(pipe->reader()->Next());
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(std::string(*first), "a");
  pipe->CloseReading();
  EXPECT_TRUE(absl::IsCancelled(written.get_future().get()));
  runtime.Drain();
}

}  // namespace
}  // namespace trebol
