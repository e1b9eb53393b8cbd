#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/bytes.h"
#include "common/checksum/hasher.h"

namespace trebol {

/// Checks the signatures of a streamed body. Both take lower-case hexadecimal digits; an error ends
/// the body with it.
class ChunkVerifier {
 public:
  virtual ~ChunkVerifier() = default;
  /// Of every chunk in order, the empty one at the end too: what the client signed, and the SHA-256
  /// of the bytes that came.
  virtual absl::Status OnChunk(absl::string_view signature, absl::string_view sha256) = 0;
  /// Of the trailer: the SHA-256 of "name:value\n" of each of its headers, in the order in which
  /// they came, without x-amz-trailer-signature.
  virtual absl::Status OnTrailer(absl::string_view signature, absl::string_view sha256) = 0;
};

/// Takes the coding aws-chunked off a body (AWS: "Transferring Payload in Multiple Chunks",
/// "Including trailing headers"), in pieces of any size. Bytes of the payload are shared, never
/// copied.
///
/// A signed chunk may have gigabytes, so its bytes go on while they come, before its signature can
/// be checked. A wrong body is still never taken for a right one: the last piece of a chunk goes on
/// only after its signature was found right, and the last piece of the body is held until the end
/// of the coding and the trailer were. So who has seen Finish() succeed has a body that was
/// verified (all bytes of an empty one are seen before anything is); who sees an error throws away
/// what came before. Held back are at most one piece of input and a line.
///
/// Errors: InvalidRequest for what is not the coding, MalformedTrailerError for a trailer that is
/// not the one announced, IncompleteBody where the payload has another length than
/// x-amz-decoded-content-length or the input ends early, and the verifier's. After one the decoder
/// gives it again. Not thread-safe.
class AwsChunkedDecoder {
 public:
  static constexpr size_t kMaxLine = 1024;          // the line before a chunk
  static constexpr size_t kMaxTrailer = 16 * 1024;  // all lines of the trailer
  static constexpr uint64_t kMaxChunk = 5ull << 30;

  struct Options {
    uint64_t decoded_length = 0;  // x-amz-decoded-content-length, bytes
    bool signed_chunks = false;   // each has a signature
    bool trailer = false;         // a trailer follows, signed where the chunks are
    /// Lower-case names that x-amz-trailer announces: they must come, and no others.
    std::vector<std::string> trailer_names;
  };
  using Headers = std::vector<std::pair<std::string, std::string>>;

  /// `verifier` outlives the decoder; null where chunks are not signed.
  AwsChunkedDecoder(Options options, ChunkVerifier* verifier);

  /// Takes the next piece of the body and gives what can go on, which may be nothing.
  absl::StatusOr<Bytes> Feed(Bytes input);
  /// The body has ended. IncompleteBody unless done().
  absl::Status Finish();

  /// Everything came and was verified. Input after it is an error.
  bool done() const { return state_ == State::kDone; }
  /// The trailer without its signature, with lower-case names; once done().
  const Headers& trailer() const { return trailer_; }

 private:
  enum class State { kHead, kData, kDataEnd, kTrailer, kDone };

  absl::Status Step(Bytes* input, Bytes* output, bool* more);
  absl::Status TakeLine(Bytes* input, size_t limit, std::optional<std::string>* line);
  absl::Status OnHead(absl::string_view line);
  absl::Status TakeData(Bytes* input, Bytes* output);
  absl::Status EndChunk();
  absl::Status OnTrailerLine(absl::string_view line);
  absl::Status OnEnd();

  const Options options_;
  ChunkVerifier* const verifier_;
  absl::Status failed_;
  State state_ = State::kHead;
  std::string line_;         // what came of a line
  uint64_t chunk_left_ = 0;  // bytes
  uint64_t payload_ = 0;     // bytes so far
  std::string signature_;    // of this chunk
  std::optional<Hasher> hash_;
  Bytes held_;  // the last piece of the body
  size_t trailer_size_ = 0;
  Headers trailer_;
  std::string trailer_signature_;
};

}  // namespace trebol
