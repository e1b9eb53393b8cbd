// What a client may get wrong, over a real cluster: each has its gRPC code, its typed reason, a
// text that names the thing and the remedy, and leaves nothing half-visible.
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/checksum/crc32c.h"
#include "gmock/gmock.h"
#include "tests/testing/raw_calls.h"
#include "tests/testing/story.h"
#include "trebol/v1/chunk.grpc.pb.h"

namespace trebol {
namespace {

using absl::StatusCode;
using testing::Call;
using testing::PutData;
using testing::PutHeader;
using Stub = v1::ObjectService::Stub;

constexpr char kBody[] = "a body";

struct Case {
  std::string name;
  std::function<absl::Status(Stub&)> run;
  StatusCode code;
  ErrorReason reason;
  std::vector<std::string> words;  // all are in the text
};

absl::Status Head(Stub& stub, const std::string& bucket, const std::string& key) {
  v1::HeadObjectRequest request;
  request.set_bucket(bucket);
  request.set_key(key);
  return Call(stub, &Stub::HeadObject, request).status();
}

absl::Status Delete(Stub& stub, const std::string& bucket, const std::string& key) {
  v1::DeleteObjectRequest request;
  request.set_bucket(bucket);
  request.set_key(key);
  return Call(stub, &Stub::DeleteObject, request).status();
}

absl::Status Get(Stub& stub, const std::string& bucket, const std::string& key, uint64_t offset = 0,
                 std::optional<uint64_t> length = std::nullopt) {
  v1::GetObjectRequest request;
  request.set_bucket(bucket);
  request.set_key(key);
  if (offset != 0 || length.has_value()) request.mutable_range()->set_offset(offset);
  if (length.has_value()) request.mutable_range()->set_length(*length);
  return testing::GetMessages(stub, request).status();
}

absl::Status Put(Stub& stub, const std::string& bucket, const std::string& key) {
  return testing::PutMessages(stub, {PutHeader(bucket, key), PutData(kBody)}).status();
}

/// A put of "half" in "bucket" with a header that `change` has spoiled.
absl::Status PutHalf(Stub& stub, const std::function<void(v1::PutObjectRequest::Header*)>& change,
                     std::vector<v1::PutObjectRequest> more = {PutData(kBody)}) {
  v1::PutObjectRequest first = PutHeader("bucket", "half");
  change(first.mutable_header());
  more.insert(more.begin(), first);
  return testing::PutMessages(stub, more).status();
}

absl::Status List(Stub& stub, const std::function<void(v1::ListObjectsRequest*)>& change) {
  v1::ListObjectsRequest request;
  request.set_bucket("bucket");
  change(&request);
  return Call(stub, &Stub::ListObjects, request).status();
}

absl::Status Create(Stub& stub, const std::string& bucket) {
  v1::CreateBucketRequest request;
  request.set_bucket(bucket);
  return Call(stub, &Stub::CreateBucket, request).status();
}

absl::Status DeleteBucket(Stub& stub, const std::string& bucket) {
  v1::DeleteBucketRequest request;
  request.set_bucket(bucket);
  return Call(stub, &Stub::DeleteBucket, request).status();
}

absl::Status HeadBucket(Stub& stub, const std::string& bucket) {
  v1::HeadBucketRequest request;
  request.set_bucket(bucket);
  return Call(stub, &Stub::HeadBucket, request).status();
}

std::vector<Case> UnknownNames() {
  const auto no_bucket = [](const char* name, std::function<absl::Status(Stub&)> run) {
    return Case{absl::StrCat(name, " in an unknown bucket"),
                std::move(run),
                StatusCode::kNotFound,
                v1::BUCKET_NOT_FOUND,
                {"'nowhere'", "does not exist"}};
  };
  const auto no_key = [](const char* name, std::function<absl::Status(Stub&)> run) {
    return Case{absl::StrCat(name, " of an unknown key"),
                std::move(run),
                StatusCode::kNotFound,
                v1::OBJECT_NOT_FOUND,
                {"'nothing'", "'bucket'"}};
  };
  return {
      no_bucket("put", [](Stub& s) { return Put(s, "nowhere", "half"); }),
      no_bucket("get", [](Stub& s) { return Get(s, "nowhere", "key"); }),
      no_bucket("head", [](Stub& s) { return Head(s, "nowhere", "key"); }),
      no_bucket("delete", [](Stub& s) { return Delete(s, "nowhere", "key"); }),
      no_bucket("list", [](Stub& s) { return List(s, [](auto* r) { r->set_bucket("nowhere"); }); }),
      no_bucket("head bucket", [](Stub& s) { return HeadBucket(s, "nowhere"); }),
      no_bucket("delete bucket", [](Stub& s) { return DeleteBucket(s, "nowhere"); }),
      no_key("get", [](Stub& s) { return Get(s, "bucket", "nothing"); }),
      no_key("get of a range", [](Stub& s) { return Get(s, "bucket", "nothing", 1, 1); }),
      no_key("head", [](Stub& s) { return Head(s, "bucket", "nothing"); }),
  };
}

std::vector<Case> BadNames() {
  std::vector<Case> cases;
  const auto add_bucket = [&cases](const std::string& bucket, const std::string& what) {
    cases.push_back({absl::StrCat("create bucket '", bucket.substr(0, 20), "'"),
                     [bucket](Stub& s) { return Create(s, bucket); },
                     StatusCode::kInvalidArgument,
                     v1::INVALID_BUCKET_NAME,
                     {bucket, what, "lower-case letters"}});
  };
  add_bucket("", "too short");
  add_bucket("ab", "too short");
  add_bucket(std::string(64, 'a'), "too long (64 bytes)");
  add_bucket("Photos", "not allowed");
  add_bucket("a_b", "not allowed");
  add_bucket("a/b", "not allowed");
  add_bucket("-abc", "begins or ends");
  add_bucket("abc.", "begins or ends");
  add_bucket("a..b", "two dots");
  add_bucket("10.0.0.1", "IPv4");
  const auto add_use = [&cases](const char* name, std::function<absl::Status(Stub&)> run) {
    cases.push_back({absl::StrCat(name, " in bucket 'Bad'"),
                     std::move(run),
                     StatusCode::kInvalidArgument,
                     v1::INVALID_BUCKET_NAME,
                     {"'Bad'"}});
  };
  add_use("put", [](Stub& s) { return Put(s, "Bad", "key"); });
  add_use("get", [](Stub& s) { return Get(s, "Bad", "key"); });
  add_use("head", [](Stub& s) { return Head(s, "Bad", "key"); });
  add_use("delete", [](Stub& s) { return Delete(s, "Bad", "key"); });
  add_use("list", [](Stub& s) { return List(s, [](auto* r) { r->set_bucket("Bad"); }); });
  add_use("head bucket", [](Stub& s) { return HeadBucket(s, "Bad"); });
  add_use("delete bucket", [](Stub& s) { return DeleteBucket(s, "Bad"); });

  const std::string long_key(kMaxKeySize + 1, 'k');
  const auto add_key = [&cases](const char* name, const std::string& key,
                                std::function<absl::Status(Stub&, const std::string&)> run,
                                const std::string& word) {
    cases.push_back({name,
                     [run, key](Stub& s) { return run(s, key); },
                     StatusCode::kInvalidArgument,
                     v1::INVALID_OBJECT_KEY,
                     {"key", word}});
  };
  const auto put = [](Stub& s, const std::string& key) { return Put(s, "bucket", key); };
  const auto get = [](Stub& s, const std::string& key) { return Get(s, "bucket", key); };
  const auto head = [](Stub& s, const std::string& key) { return Head(s, "bucket", key); };
  const auto remove = [](Stub& s, const std::string& key) { return Delete(s, "bucket", key); };
  add_key("put without a key", "", put, "empty");
  add_key("get without a key", "", get, "empty");
  add_key("head without a key", "", head, "empty");
  add_key("delete without a key", "", remove, "empty");
  add_key("put with a key of 1025 bytes", long_key, put, "1024");
  add_key("get with a key of 1025 bytes", long_key, get, "1024");
  add_key("head with a key of 1025 bytes", long_key, head, "1024");
  add_key("delete with a key of 1025 bytes", long_key, remove, "1024");
  // A string of a protobuf message is UTF-8: such a message is none.
  const auto add_not_utf8 = [&cases](const char* name, std::function<absl::Status(Stub&)> run) {
    cases.push_back({name,
                     std::move(run),
                     StatusCode::kInvalidArgument,
                     v1::INVALID_ARGUMENT,
                     {"malformed", "UTF-8"}});
  };
  add_not_utf8("put with a key that is not UTF-8",
               [](Stub& s) { return Put(s, "bucket", "half\xff"); });
  add_not_utf8("get with a key that is not UTF-8",
               [](Stub& s) { return Get(s, "bucket", "kept\xff"); });
  add_not_utf8("delete with a key that is not UTF-8",
               [](Stub& s) { return Delete(s, "bucket", "kept\xff"); });
  add_not_utf8("list with a prefix that is not UTF-8",
               [](Stub& s) { return List(s, [](auto* request) { request->set_prefix("\xff"); }); });
  add_not_utf8("create a bucket whose name is not UTF-8",
               [](Stub& s) { return Create(s, "bucket\xff"); });
  add_not_utf8("head with a key that is not UTF-8",
               [](Stub& s) { return Head(s, "bucket", "kept\xff"); });
  return cases;
}

std::vector<Case> BadBodies() {
  using Header = v1::PutObjectRequest::Header;
  const uint32_t right = Crc32c(kBody);
  const auto bad = [](const char* name, ErrorReason reason, std::function<absl::Status(Stub&)> run,
                      std::vector<std::string> words) {
    return Case{name, std::move(run), StatusCode::kInvalidArgument, reason, std::move(words)};
  };
  v1::PutObjectRequest wrong_trailer;
  wrong_trailer.mutable_trailer()->set_crc32c(right + 1);
  return {
      bad("wrong checksum in the header", v1::CHECKSUM_MISMATCH,
          [right](Stub& s) {
            return PutHalf(s, [right](Header* header) { header->set_crc32c(right + 1); });
          },
          {"'half'", absl::StrFormat("%08x", right), absl::StrFormat("%08x", right + 1),
           "send it again"}),
      bad("wrong checksum in the trailer", v1::CHECKSUM_MISMATCH,
          [wrong_trailer](Stub& s) {
            return PutHalf(s, [](Header*) {}, {PutData(kBody), wrong_trailer});
          },
          {"'half'", "send it again"}),
      bad("body longer than announced", v1::BODY_LENGTH_MISMATCH,
          [](Stub& s) { return PutHalf(s, [](Header* header) { header->set_content_length(5); }); },
          {"'half'", "6", "5", "send it again"}),
      bad("body shorter than announced", v1::BODY_LENGTH_MISMATCH,
          [](Stub& s) { return PutHalf(s, [](Header* header) { header->set_content_length(7); }); },
          {"'half'", "6", "7", "send it again"}),
      bad("body of several chunks, longer than announced", v1::BODY_LENGTH_MISMATCH,
          [](Stub& s) {
            return PutHalf(
                s, [](Header* header) { header->set_content_length(5 * kMiB); },
                std::vector<v1::PutObjectRequest>(6, PutData(std::string(kMiB, 'x'))));
          },
          {"'half'", "5242880"}),
      bad("announced length beyond the largest object", v1::OBJECT_TOO_LARGE,
          [](Stub& s) {
            return PutHalf(s,
                           [](Header* header) { header->set_content_length(kMaxObjectSize + 1); });
          },
          {"'half'", absl::StrCat(kMaxObjectSize)}),
      bad("no header", v1::INVALID_ARGUMENT,
          [](Stub& s) { return testing::PutMessages(s, {PutData(kBody)}).status(); },
          {"first message", "header"}),
      bad("no message at all", v1::INVALID_ARGUMENT,
          [](Stub& s) { return testing::PutMessages(s, {}).status(); }, {"header"}),
      bad("a header twice", v1::INVALID_ARGUMENT,
          [](Stub& s) {
            return PutHalf(s, [](Header*) {}, {PutData(kBody), PutHeader("bucket", "half")});
          },
          {"only the first message"}),
      bad("a message with more than 1 MiB", v1::INVALID_ARGUMENT,
          [](Stub& s) { return PutHalf(s, [](Header*) {}, {PutData(std::string(kMiB + 1, 'x'))}); },
          {"1048577", "1048576", "more messages"}),
      bad("user metadata of 2049 bytes", v1::USER_METADATA_TOO_LARGE,
          [](Stub& s) {
            return PutHalf(s, [](Header* header) {
              (*header->mutable_user_metadata())["name"] =
                  std::string(kMaxUserMetadataSize - 4 + 1, 'v');
            });
          },
          {"'half'", "2049", "2048"}),
      bad("content type of 257 bytes", v1::INVALID_ARGUMENT,
          [](Stub& s) {
            return PutHalf(s, [](Header* header) {
              header->set_content_type(std::string(kMaxContentTypeSize + 1, 't'));
            });
          },
          {"content type", "257", "256"}),
  };
}

std::vector<Case> BadRangesAndPages() {
  const auto range = [](const char* name, uint64_t offset, std::optional<uint64_t> length) {
    return Case{name,
                [=](Stub& s) { return Get(s, "bucket", "kept", offset, length); },
                StatusCode::kOutOfRange,
                v1::INVALID_RANGE,
                {"bucket/kept", absl::StrCat(offset), "6"}};
  };
  const auto page = [](const char* name, ErrorReason reason,
                       std::function<void(v1::ListObjectsRequest*)> change,
                       std::vector<std::string> words) {
    return Case{name, [change](Stub& s) { return List(s, change); }, StatusCode::kInvalidArgument,
                reason, std::move(words)};
  };
  return {
      range("range from the end on", 6, std::nullopt),
      range("range beyond the end", 1'000'000, 10),
      range("range from 2^64-1", ~uint64_t{0}, ~uint64_t{0}),
      range("empty range", 2, 0),
      page("page token that is none", v1::INVALID_PAGE_TOKEN,
           [](auto* r) { r->set_page_token("hello"); }, {"page token", "as it was given"}),
      page("page token that is no base64", v1::INVALID_PAGE_TOKEN,
           [](auto* r) { r->set_page_token("\x01%%"); }, {"page token"}),
      page("page token of 3000 bytes", v1::INVALID_PAGE_TOKEN,
           [](auto* r) { r->set_page_token(std::string(3000, 'A')); }, {"page token"}),
      page("page of 10,001", v1::INVALID_ARGUMENT, [](auto* r) { r->set_page_size(10'001); },
           {"10001", "10000"}),
      page("prefix of 1025 bytes", v1::INVALID_ARGUMENT,
           [](auto* r) { r->set_prefix(std::string(1025, 'p')); }, {"prefix", "1024"}),
  };
}

std::vector<Case> Buckets() {
  return {
      {"create a bucket that exists",
       [](Stub& s) { return Create(s, "bucket"); },
       StatusCode::kAlreadyExists,
       v1::BUCKET_OWNED_BY_YOU,
       {"'bucket'"}},
      {"delete a bucket that is not empty",
       [](Stub& s) { return DeleteBucket(s, "bucket"); },
       StatusCode::kFailedPrecondition,
       v1::BUCKET_NOT_EMPTY,
       {"'bucket'", "delete"}},
  };
}

class BadRequests : public testing::Story {
 protected:
  void SetUp() override {
    StartCluster();
    ASSERT_FALSE(HasFatalFailure());
    stub_ = v1::ObjectService::NewStub(testing::PlainChannel(cluster().GatewayEndpoints()[0]));
    ASSERT_TRUE(Create(*stub_, "bucket").ok());
    ASSERT_TRUE(AwaitAllCopies("bucket"));
    ASSERT_TRUE(Put(*stub_, "bucket", "kept").ok());
  }

  /// Only what was there before, whole.
  void ExpectNothingElseVisible() {
    v1::ListObjectsRequest request;
    request.set_bucket("bucket");
    const auto listed = Call(*stub_, &Stub::ListObjects, request);
    ASSERT_TRUE(listed.ok()) << listed.status();
    ASSERT_EQ(listed->objects_size(), 1) << listed->DebugString();
    EXPECT_EQ(listed->objects(0).key(), "kept");
    EXPECT_EQ(listed->objects(0).size(), sizeof kBody - 1);
    v1::GetObjectRequest get;
    get.set_bucket("bucket");
    get.set_key("kept");
    const auto messages = testing::GetMessages(*stub_, get);
    ASSERT_TRUE(messages.ok()) << messages.status();
    std::string body;
    for (const v1::GetObjectResponse& message : *messages) body += message.data();
    EXPECT_EQ(body, kBody);
  }

  void Run(const std::vector<Case>& cases) {
    for (const Case& one : cases) {
      SCOPED_TRACE(one.name);
      const absl::Status status = one.run(*stub_);
      std::cout << one.name << ": " << absl::StatusCodeToString(status.code()) << " "
                << v1::ErrorReason_Name(ReasonOf(status)) << " " << status.message() << std::endl;
      EXPECT_EQ(status.code(), one.code) << status;
      EXPECT_EQ(ReasonOf(status), one.reason) << v1::ErrorReason_Name(ReasonOf(status));
      for (const std::string& word : one.words) {
        EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(word));
      }
      ExpectNothingElseVisible();
    }
  }

  std::unique_ptr<Stub> stub_;
};

TEST_F(BadRequests, AreAnsweredEachWithItsReason) {
  for (const auto& cases :
       {UnknownNames(), BadNames(), BadBodies(), BadRangesAndPages(), Buckets()}) {
    Run(cases);
  }
  // Deleting what is not there is no error; it says so.
  v1::DeleteObjectRequest request;
  request.set_bucket("bucket");
  request.set_key("nothing");
  const auto deleted = Call(*stub_, &Stub::DeleteObject, request);
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_FALSE(deleted->existed());
  // What the refused bodies left on the nodes goes by itself.
  EXPECT_TRUE(AwaitStatus("only the kept object's chunks", [](const auto& s) {
    return s.garbage_bytes == 0 && ChunkBytes(s) == 3 * (sizeof kBody - 1);
  }));
}

TEST_F(BadRequests, APageTokenOfAnotherListingIsRefused) {
  for (const char* key : {"a/1", "a/2", "a/3"}) ASSERT_TRUE(Put(*stub_, "bucket", key).ok());
  v1::ListObjectsRequest request;
  request.set_bucket("bucket");
  request.set_prefix("a/");
  request.set_page_size(1);
  const auto page = Call(*stub_, &Stub::ListObjects, request);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_NE(page->next_page_token(), "");
  request.set_page_token(page->next_page_token());
  EXPECT_TRUE(Call(*stub_, &Stub::ListObjects, request).ok());
  request.set_prefix("");
  const auto other = Call(*stub_, &Stub::ListObjects, request).status();
  EXPECT_EQ(ReasonOf(other), v1::INVALID_PAGE_TOKEN) << other;
  request.set_prefix("a/");
  request.mutable_page_token()->back() ^= 1;
  const auto changed = Call(*stub_, &Stub::ListObjects, request);
  // The place in the token is not signed yet; a changed one may only move within this listing.
  if (changed.ok()) {
    for (const v1::ObjectInfo& object : changed->objects())
      EXPECT_EQ(object.key().substr(0, 2), "a/");
  }
}

TEST_F(BadRequests, ThatFailOverwriteNothing) {
  const auto put = [this](std::optional<uint32_t> crc, const std::string& body) {
    v1::PutObjectRequest header = PutHeader("bucket", "kept");
    if (crc.has_value()) header.mutable_header()->set_crc32c(*crc);
    return testing::PutMessages(*stub_, {header, PutData(body)}).status();
  };
  EXPECT_EQ(ReasonOf(put(1, "another body")), v1::CHECKSUM_MISMATCH);
  ExpectNothingElseVisible();
}

TEST_F(BadRequests, MetadataAndTypeAtTheLimitAreKept) {
  v1::PutObjectRequest header = PutHeader("bucket", std::string(kMaxKeySize, 'k'));
  header.mutable_header()->set_content_type(std::string(kMaxContentTypeSize, 't'));
  (*header.mutable_header()->mutable_user_metadata())["n"] =
      std::string(kMaxUserMetadataSize - 1, 'v');
  const auto info = testing::PutMessages(*stub_, {header, PutData(kBody)});
  ASSERT_TRUE(info.ok()) << info.status();
  v1::HeadObjectRequest request;
  request.set_bucket("bucket");
  request.set_key(std::string(kMaxKeySize, 'k'));
  const auto head = Call(*stub_, &Stub::HeadObject, request);
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_EQ(head->user_metadata().at("n").size(), kMaxUserMetadataSize - 1);
  EXPECT_EQ(head->content_type().size(), kMaxContentTypeSize);
}

TEST_F(BadRequests, AnUnknownMethodIsUnimplemented) {
  // The internal services are not behind the public door.
  const auto chunks =
      v1::ChunkService::NewStub(testing::PlainChannel(cluster().GatewayEndpoints()[0]));
  const auto got = Call(*chunks, &v1::ChunkService::Stub::GetChunk, v1::GetChunkRequest());
  EXPECT_EQ(got.status().code(), StatusCode::kUnimplemented) << got.status();
}

}  // namespace
}  // namespace trebol
