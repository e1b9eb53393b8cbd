// What a client may get wrong in a field of an operation on versions, copies, uploads and sessions,
// over a real cluster: each field with each wrong value has its code, its typed reason and a text
// that says what is wrong. The calls of plain puts and gets are in bad_requests_test.cc.
#include "tests/integration/bad_fields.h"

namespace trebol::testing {
namespace {

TEST_F(BadFields, OfNames) {
  std::vector<Case> cases;
  const auto add = [&](const std::string& what, const std::string& bucket, const std::string& key,
                       StatusCode code, ErrorReason reason, std::vector<std::string> words) {
    for (auto& [name, run] : WithNames(bucket, key)) {
      cases.push_back({absl::StrCat(name, ", ", what), run, code, reason, words});
    }
  };
  add("bad bucket", "Bad", "key", kBad, v1::INVALID_BUCKET_NAME, {"'Bad'"});
  add("no bucket", "", "key", kBad, v1::INVALID_BUCKET_NAME, {"''"});
  add("unknown bucket", "nowhere", "key", StatusCode::kNotFound, v1::BUCKET_NOT_FOUND,
      {"'nowhere'", "does not exist"});
  add("no key", "bucket", "", kBad, v1::INVALID_OBJECT_KEY, {"empty"});
  add("long key", "bucket", std::string(kMaxKeySize + 1, 'k'), kBad, v1::INVALID_OBJECT_KEY,
      {"1024"});
  add("key with a NUL", "bucket", std::string("a\0b", 3), kBad, v1::INVALID_OBJECT_KEY, {"NUL"});
  add("key that is not UTF-8", "bucket", "half\xff", kBad, v1::INVALID_ARGUMENT,
      {"malformed", "UTF-8"});
  for (const auto& [bucket, code, reason] :
       {std::tuple{"Bad", kBad, v1::INVALID_BUCKET_NAME},
        std::tuple{"nowhere", StatusCode::kNotFound, v1::BUCKET_NOT_FOUND}}) {
    const auto of = [&](auto request) {
      request.set_bucket(bucket);
      return request;
    };
    const std::string word = absl::StrCat("'", bucket, "'");
    cases.push_back({absl::StrCat("list versions of ", bucket),
                     Calls(&Stub::ListObjectVersions, of(v1::ListObjectVersionsRequest())),
                     code,
                     reason,
                     {word}});
    cases.push_back({absl::StrCat("list uploads of ", bucket),
                     Calls(&Stub::ListMultipartUploads, of(v1::ListMultipartUploadsRequest())),
                     code,
                     reason,
                     {word}});
    cases.push_back({absl::StrCat("set versioning of ", bucket),
                     Calls(&Stub::SetBucketVersioning, of(v1::SetBucketVersioningRequest())),
                     code,
                     reason,
                     {word}});
    cases.push_back({absl::StrCat("set tags of bucket ", bucket),
                     Calls(&Stub::SetBucketTags, of(v1::SetBucketTagsRequest())),
                     code,
                     reason,
                     {word}});
  }
  auto tags = Of<v1::SetObjectTagsRequest>("bucket", "nothing");
  cases.push_back({"set tags of an unknown key",
                   Calls(&Stub::SetObjectTags, tags),
                   StatusCode::kNotFound,
                   v1::OBJECT_NOT_FOUND,
                   {"'nothing'"}});
  cases.push_back({"copy of an unknown key",
                   Calls(&Stub::CopyObject, CopyOf("bucket", "nothing")),
                   StatusCode::kNotFound,
                   v1::OBJECT_NOT_FOUND,
                   {"'nothing'"}});
  Run(cases);
}

TEST_F(BadFields, OfVersionsAndUploads) {
  std::vector<Case> cases;
  for (const auto& [version, code, reason] :
       {std::tuple{"hello", kBad, v1::INVALID_VERSION},
        std::tuple{"1-2", kBad, v1::INVALID_VERSION},
        std::tuple{kNoVersion, StatusCode::kNotFound, v1::VERSION_NOT_FOUND}}) {
    const auto of = [&](auto request) {
      request.set_version(version);
      return request;
    };
    const auto add = [&, code = code, reason = reason](const char* name,
                                                       std::function<absl::Status()> run) {
      cases.push_back({absl::StrCat(name, " of version ", version), std::move(run), code, reason});
    };
    add("head", Calls(&Stub::HeadObject, of(Of<v1::HeadObjectRequest>("bucket", "kept"))));
    add("set tags",
        Calls(&Stub::SetObjectTags, of(Of<v1::SetObjectTagsRequest>("bucket", "kept"))));
    const auto get = of(Of<v1::GetObjectRequest>("bucket", "kept"));
    add("get", [this, get] { return GetMessages(*stub_, get).status(); });
    auto copy = CopyOf("bucket", "kept");
    copy.set_source_version(version);
    add("copy", Calls(&Stub::CopyObject, copy));
    if (code != kBad) continue;
    add("delete", Calls(&Stub::DeleteObject, of(Of<v1::DeleteObjectRequest>("bucket", "kept"))));
    v1::DeleteObjectsRequest many;
    many.set_bucket("bucket");
    many.add_entries()->set_key("kept");
    many.mutable_entries(0)->set_version(version);
    add("delete many", Calls(&Stub::DeleteObjects, many));
    v1::ListObjectVersionsRequest list;
    list.set_bucket("bucket");
    list.set_start_after("kept");
    list.set_start_after_version(version);
    add("list versions after one", Calls(&Stub::ListObjectVersions, list));
  }
  for (const std::string& upload : {std::string(), std::string("hello"), std::string(kNoUpload)}) {
    const auto add = [&](const char* name, std::function<absl::Status()> run) {
      cases.push_back({absl::StrCat(name, " of upload '", upload, "'"),
                       std::move(run),
                       StatusCode::kNotFound,
                       v1::UPLOAD_NOT_FOUND,
                       {upload}});
    };
    add("upload part", PutsPart(1, [&](auto* header) { header->set_upload_id(upload); }));
    auto parts = Of<v1::ListPartsRequest>("bucket", "big");
    parts.set_upload_id(upload);
    add("list parts", Calls(&Stub::ListParts, parts));
    auto complete = CompleteOf({1});
    complete.set_upload_id(upload);
    add("complete", Calls(&Stub::CompleteMultipartUpload, complete));
    auto abort = Of<v1::AbortMultipartUploadRequest>("bucket", "big");
    abort.set_upload_id(upload);
    add("abort", Calls(&Stub::AbortMultipartUpload, abort));
  }
  // An upload of another key.
  for (auto& [name, run] : WithNames("bucket", "other")) {
    if (name == "upload part" || name == "list parts" || name == "complete" || name == "abort") {
      cases.push_back({absl::StrCat(name, " of another key's upload"),
                       run,
                       StatusCode::kNotFound,
                       v1::UPLOAD_NOT_FOUND,
                       {"'other'"}});
    }
  }
  Run(cases);
}

TEST_F(BadFields, OfParts) {
  std::vector<Case> cases;
  for (const uint32_t number : {0u, 10'001u, ~0u}) {
    cases.push_back({absl::StrCat("upload part ", number),
                     PutsPart(number, [](auto*) {}),
                     kBad,
                     v1::INVALID_PART,
                     {absl::StrCat(number), "10000"}});
  }
  cases.push_back({"a part of more than 5 GiB",
                   PutsPart(2, [](auto* h) { h->set_content_length(kMaxPartSize + 1); }),
                   kBad,
                   v1::OBJECT_TOO_LARGE,
                   {absl::StrCat(kMaxPartSize)}});
  cases.push_back({"a part longer than announced",
                   PutsPart(2, [](auto* h) { h->set_content_length(3); }),
                   kBad,
                   v1::BODY_LENGTH_MISMATCH,
                   {"3", "4"}});
  cases.push_back({"a part shorter than announced",
                   PutsPart(2, [](auto* h) { h->set_content_length(5); }),
                   kBad,
                   v1::BODY_LENGTH_MISMATCH,
                   {"5", "4"}});
  cases.push_back({"a part with another CRC32C",
                   PutsPart(2, [](auto* h) { h->set_crc32c(1); }),
                   kBad,
                   v1::CHECKSUM_MISMATCH,
                   {"00000001", "send it again"}});
  v1::PutObjectRequest::Trailer trailer;
  trailer.add_checksums()->set_algorithm(v1::Checksum::SHA256);
  trailer.mutable_checksums(0)->set_value(std::string(32, 'x'));
  cases.push_back({"a part with another SHA256 of the upload's, in its trailer",
                   PutsPart(
                       2, [](auto*) {}, trailer),
                   kBad,
                   v1::CHECKSUM_MISMATCH,
                   {"SHA256"}});
  cases.push_back({"a part without a header",
                   [this] { return PartMessages(*stub_, {PartData("x")}).status(); },
                   kBad,
                   v1::INVALID_ARGUMENT,
                   {"header"}});

  const auto complete = [&](const char* name, v1::CompleteMultipartUploadRequest request,
                            ErrorReason reason, std::vector<std::string> words) {
    cases.push_back({absl::StrCat("complete with ", name),
                     Calls(&Stub::CompleteMultipartUpload, std::move(request)), kBad, reason,
                     std::move(words)});
  };
  complete("no parts", CompleteOf({}), v1::INVALID_PART, {"no part"});
  std::vector<uint32_t> many(10'001, 1);
  complete("10,001 parts", CompleteOf(many), v1::TOO_MANY_PARTS, {"10001", "10000"});
  complete("part 0", CompleteOf({0}), v1::INVALID_PART, {"0", "10000"});
  complete("part 10,001", CompleteOf({10'001}), v1::INVALID_PART, {"10001"});
  complete("a part twice", CompleteOf({1, 1}), v1::INVALID_PART_ORDER, {"ascending"});
  complete("parts in descending order", CompleteOf({2, 1}), v1::INVALID_PART_ORDER, {"ascending"});
  complete("a part that never came", CompleteOf({1, 2}), v1::INVALID_PART, {"part 2"});
  const auto changed = [&](auto change) {
    auto request = CompleteOf({1});
    change(&request);
    return request;
  };
  complete("another etag", changed([](auto* r) { r->mutable_parts(0)->set_etag("etag"); }),
           v1::INVALID_PART, {"'etag'", part_.etag()});
  complete("no etag", changed([](auto* r) { r->mutable_parts(0)->clear_etag(); }), v1::INVALID_PART,
           {part_.etag()});
  const auto with_sum = [&](v1::Checksum::Algorithm algorithm, size_t size, bool of_part) {
    return changed([=](auto* r) {
      v1::Checksum& sum = of_part ? *r->mutable_parts(0)->add_checksums() : *r->add_checksums();
      sum.set_algorithm(algorithm);
      sum.set_value(std::string(size, 'x'));
    });
  };
  for (const bool of_part : {true, false}) {
    // A part with another checksum is another part.
    const auto differs = of_part ? v1::INVALID_PART : v1::CHECKSUM_MISMATCH;
    complete("another SHA256", with_sum(v1::Checksum::SHA256, 32, of_part), differs, {"SHA256"});
    complete("another CRC32C", with_sum(v1::Checksum::CRC32C, 4, of_part), differs, {"CRC32C"});
    complete("a checksum that is not kept", with_sum(v1::Checksum::MD5, 16, of_part),
             v1::INVALID_CHECKSUM, {"MD5"});
    complete("a SHA256 of 31 bytes", with_sum(v1::Checksum::SHA256, 31, of_part),
             v1::INVALID_CHECKSUM, {"31", "32"});
  }
  complete("another size", changed([](auto* r) { r->set_size(5); }), v1::BODY_LENGTH_MISMATCH,
           {"5", "4"});
  complete("a time as condition",
           changed([](auto* r) { r->mutable_preconditions()->mutable_if_modified_since(); }),
           v1::INVALID_ARGUMENT, {"time"});
  Run(cases);
}

TEST_F(BadFields, OfSessions) {
  std::vector<Case> cases;
  v1::OpenSessionRequest open;
  open.set_owner(std::string(257, 'o'));
  cases.push_back({"open with an owner of 257 bytes",
                   CallsSession(&Sessions::OpenSession, open),
                   kBad,
                   v1::INVALID_ARGUMENT,
                   {"owner", "256"}});
  v1::RenewSessionRequest renew;
  renew.set_session(17);
  for (int i = 0; i <= 10'000; ++i) renew.add_open_operations(static_cast<uint64_t>(i) + 1);
  cases.push_back({"renew with 10,001 open operations",
                   CallsSession(&Sessions::RenewSession, renew),
                   kBad,
                   v1::INVALID_ARGUMENT,
                   {"10001", "10000"}});
  for (const auto& [session, code, reason, word] :
       {std::tuple{0, kBad, v1::INVALID_ARGUMENT, "OpenSession"},
        std::tuple{17, StatusCode::kFailedPrecondition, v1::SESSION_UNKNOWN, "never opened"}}) {
    renew.Clear();
    renew.set_session(static_cast<uint64_t>(session));
    renew.set_number(1);
    cases.push_back({absl::StrCat("renew session ", session),
                     CallsSession(&Sessions::RenewSession, renew),
                     code,
                     reason,
                     {word}});
    v1::CloseSessionRequest close;
    close.set_session(static_cast<uint64_t>(session));
    cases.push_back({absl::StrCat("close session ", session),
                     CallsSession(&Sessions::CloseSession, close),
                     code,
                     reason,
                     {word}});
  }
  auto remove = Of<v1::DeleteObjectRequest>("bucket", "kept");
  remove.mutable_operation()->set_session(17);
  remove.mutable_operation()->set_counter(1);
  cases.push_back({"an operation of a session that never was",
                   Calls(&Stub::DeleteObject, remove),
                   StatusCode::kUnknown,
                   v1::OPERATION_UNKNOWN,
                   {"look whether it took effect"}});
  Run(cases);
}

// Last: afterwards the bucket is another.
TEST_F(BadFields, OfVersioning) {
  v1::SetBucketVersioningRequest request;
  request.set_bucket("bucket");
  request.set_versioning(static_cast<v1::Bucket::Versioning>(7));
  std::vector<Case> cases = {{"an unknown versioning",
                              Calls(&Stub::SetBucketVersioning, request),
                              kBad,
                              v1::INVALID_ARGUMENT,
                              {"7"}}};
  request.set_versioning(v1::Bucket::ENABLED);
  ASSERT_TRUE(Call(*stub_, &Stub::SetBucketVersioning, request).ok());
  request.set_versioning(v1::Bucket::UNVERSIONED);
  cases.push_back({"no versioning any more",
                   Calls(&Stub::SetBucketVersioning, request),
                   StatusCode::kFailedPrecondition,
                   v1::INVALID_ARGUMENT,
                   {"'bucket'", "only be suspended"}});
  Run(cases);
}

}  // namespace
}  // namespace trebol::testing
