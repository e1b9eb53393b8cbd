#include "gateway/s3/door/read_aside.h"

#include <utility>

namespace trebol {
namespace {

Task<void> Read(S3RequestPtr request, v1::GetObjectRequest get, std::shared_ptr<BodyPipe> pipe) {
  const absl::Status status =
      co_await request->operations().get->Run(request->context, std::move(get), pipe->writer());
  pipe->CloseWriting(status);
  co_return status;
}

}  // namespace

std::shared_ptr<BodyPipe> ReadAside(S3RequestPtr request, v1::GetObjectRequest get) {
  const auto pipe = std::make_shared<BodyPipe>();
  Runtime& runtime = *request->services->runtime;
  runtime.Spawn(Read(std::move(request), std::move(get), pipe));
  return pipe;
}

}  // namespace trebol
