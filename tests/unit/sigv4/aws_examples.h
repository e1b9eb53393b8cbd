#pragma once

#include <string>

#include "absl/time/time.h"
#include "common/http/request_head.h"
#include "common/sigv4/digest.h"
#include "common/sigv4/signer.h"

/// The facts of the worked examples in AWS' documentation of Signature Version 4 for S3. Keys,
/// requests and signatures are published there; none is a secret.
namespace trebol::sigv4 {

inline Credentials ExampleCredentials() {
  return {"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
}

inline absl::Time ExampleTime() {
  return absl::FromCivil(absl::CivilSecond(2013, 5, 24), absl::UTCTimeZone());
}

inline constexpr absl::string_view kExampleHost = "examplebucket.s3.amazonaws.com";
inline constexpr absl::string_view kExampleScope = "20130524/us-east-1/s3/aws4_request";

/// A request that is signed by headers, as AWS prints it.
struct Example {
  const char* name;
  RequestHead head;  // without x-amz-date, x-amz-content-sha256 and Authorization
  std::string payload_hash;
  const char* signed_headers;
  const char* signature;
};

inline Example GetWithRange() {
  return {"GET with range",
          {"GET", "/test.txt", "", {{"host", std::string(kExampleHost)}, {"range", "bytes=0-9"}}},
          std::string(kEmptySha256),
          "host;range;x-amz-content-sha256;x-amz-date",
          "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"};
}
inline Example PutObject() {
  return {"PUT",
          {"PUT",
           "/test$file.text",
           "",
           {{"host", std::string(kExampleHost)},
            {"date", "Fri, 24 May 2013 00:00:00 GMT"},
            {"x-amz-storage-class", "REDUCED_REDUNDANCY"}}},
          "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
          "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
          "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"};
}
inline Example GetLifecycle() {
  return {"GET lifecycle",
          {"GET", "/", "lifecycle", {{"host", std::string(kExampleHost)}}},
          std::string(kEmptySha256),
          "host;x-amz-content-sha256;x-amz-date",
          "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"};
}
inline Example ListObjects() {
  return {"list",
          {"GET", "/", "max-keys=2&prefix=J", {{"host", std::string(kExampleHost)}}},
          std::string(kEmptySha256),
          "host;x-amz-content-sha256;x-amz-date",
          "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"};
}

/// The streamed uploads of 65 KiB of 'a' in chunks of 64 KiB.
inline RequestHead StreamedHead() {
  return {"PUT",
          "/examplebucket/chunkObject.txt",
          "",
          {{"host", "s3.amazonaws.com"},
           {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
           {"content-encoding", "aws-chunked"},
           {"x-amz-decoded-content-length", "66560"}}};
}
inline constexpr absl::string_view kStreamedSeed =
    "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
inline constexpr absl::string_view kStreamedChunks[] = {
    "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
    "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
    "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"};
inline constexpr absl::string_view kTrailerSeed =
    "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";
inline constexpr absl::string_view kTrailerChunks[] = {
    "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
    "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
    "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992"};
inline constexpr absl::string_view kTrailerSignature =
    "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435";
inline constexpr absl::string_view kTrailer = "x-amz-checksum-crc32c:sOO8/Q==\n";
/// The SHA-256 of each chunk of them, the empty one included.
inline std::string ChunkHash(int index) {
  constexpr size_t kSizes[] = {65536, 1024, 0};
  return Sha256Hex(std::string(kSizes[index], 'a'));
}

/// GET /test.txt for 24 hours.
inline constexpr absl::string_view kPresignedSignature =
    "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";

}  // namespace trebol::sigv4
