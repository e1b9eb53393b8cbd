// As bad_fields_test.cc, of what describes an object, and of conditions, batches and pages.
#include "tests/integration/bad_fields.h"

namespace trebol::testing {
namespace {

TEST_F(BadFields, OfTags) {
  using Tags = google::protobuf::RepeatedPtrField<v1::Tag>;
  const auto tags = [](std::vector<std::pair<std::string, std::string>> pairs) {
    Tags made;
    for (const auto& [key, value] : pairs) {
      made.Add()->set_key(key);
      made.rbegin()->set_value(value);
    }
    return made;
  };
  Tags eleven;
  Tags fifty_one;
  for (int i = 0; i < 51; ++i) {
    if (i < 11) eleven.Add()->set_key(absl::StrCat(i));
    fifty_one.Add()->set_key(absl::StrCat(i));
  }
  std::string umlauts;
  for (int i = 0; i < 129; ++i) umlauts += "ü";
  std::vector<Case> cases;
  v1::SetBucketTagsRequest bucket;
  bucket.set_bucket("bucket");
  *bucket.mutable_tags() = fifty_one;
  cases.push_back({"51 tags of a bucket",
                   Calls(&Stub::SetBucketTags, bucket),
                   kBad,
                   v1::INVALID_TAG,
                   {"51", "50"}});
  for (const auto& [name, wrong, words] :
       {std::tuple{"11", eleven, std::vector<std::string>{"11", "10"}},
        {"one without a key", tags({{"", "v"}}), {"0 characters"}},
        {"one with a key of 129", tags({{umlauts, ""}}), {"129", "128"}},
        {"one with a value of 257", tags({{"k", std::string(257, 'v')}}), {"'k'", "257", "256"}},
        {"one twice", tags({{"k", "1"}, {"k", "2"}}), {"'k'", "twice"}},
        {"one with a NUL", tags({{std::string("a\0", 2), ""}}), {"NUL"}}}) {
    const auto add = [&, &name = name, &words = words](const char* to,
                                                       std::function<absl::Status()> run) {
      cases.push_back(
          {absl::StrCat(to, ", tags: ", name), std::move(run), kBad, v1::INVALID_TAG, words});
    };
    add("put", Puts([&wrong = wrong](auto* header) { *header->mutable_tags() = wrong; }));
    auto set = Of<v1::SetObjectTagsRequest>("bucket", "kept");
    *set.mutable_tags() = wrong;
    add("set", Calls(&Stub::SetObjectTags, set));
    auto create = Of<v1::CreateMultipartUploadRequest>("bucket", "half");
    *create.mutable_tags() = wrong;
    add("create upload", Calls(&Stub::CreateMultipartUpload, create));
    auto copy = CopyOf("bucket", "kept");
    *copy.mutable_replace_tags()->mutable_tags() = wrong;
    add("copy", Calls(&Stub::CopyObject, copy));
  }
  Run(cases);
}

TEST_F(BadFields, OfAttributesAndChecksums) {
  std::vector<Case> cases;
  const auto header = [&](const char* name, std::string* (v1::ResponseHeaders::*field)()) {
    for (const auto& [what, value, word] :
         {std::tuple{"a line break", std::string("a\r\nb"), "control character"},
          {"a NUL", std::string("a\0b", 3), "control character"},
          {"1,025 bytes", std::string(1025, 'h'), "1025"}}) {
      v1::ResponseHeaders headers;
      *(headers.*field)() = value;
      const std::vector<std::string> words = {name, word};
      const auto add = [&](const char* to, std::function<absl::Status()> run) {
        cases.push_back({absl::StrCat(to, ", ", name, " with ", what), std::move(run), kBad,
                         v1::INVALID_ARGUMENT, words});
      };
      add("put", Puts([&](auto* h) { *h->mutable_headers() = headers; }));
      auto create = Of<v1::CreateMultipartUploadRequest>("bucket", "half");
      *create.mutable_headers() = headers;
      add("create upload", Calls(&Stub::CreateMultipartUpload, create));
      auto copy = CopyOf("bucket", "kept");
      *copy.mutable_replace_metadata()->mutable_headers() = headers;
      add("copy", Calls(&Stub::CopyObject, copy));
    }
  };
  header("content encoding", &v1::ResponseHeaders::mutable_content_encoding);
  header("content language", &v1::ResponseHeaders::mutable_content_language);
  header("content disposition", &v1::ResponseHeaders::mutable_content_disposition);
  header("cache control", &v1::ResponseHeaders::mutable_cache_control);
  header("expires", &v1::ResponseHeaders::mutable_expires);
  cases.push_back({"put, content type with a line break",
                   Puts([](auto* h) { h->set_content_type("a\nb"); }),
                   kBad,
                   v1::INVALID_ARGUMENT,
                   {"content type"}});
  auto create = Of<v1::CreateMultipartUploadRequest>("bucket", "half");
  (*create.mutable_user_metadata())["name"] = std::string(2045, 'v');
  cases.push_back({"create upload, 2,049 bytes of user metadata",
                   Calls(&Stub::CreateMultipartUpload, create),
                   kBad,
                   v1::USER_METADATA_TOO_LARGE,
                   {"2049", "2048"}});
  auto copy = CopyOf("bucket", "kept");
  (*copy.mutable_replace_metadata()->mutable_user_metadata())["name"] = std::string(2045, 'v');
  cases.push_back({"copy, 2,049 bytes of user metadata",
                   Calls(&Stub::CopyObject, copy),
                   kBad,
                   v1::USER_METADATA_TOO_LARGE,
                   {"2049", "2048"}});

  using Sums = google::protobuf::RepeatedPtrField<v1::Checksum>;
  const auto sums = [](std::vector<std::pair<int, size_t>> of) {
    Sums made;
    for (const auto& [algorithm, size] : of) {
      made.Add()->set_algorithm(static_cast<v1::Checksum::Algorithm>(algorithm));
      made.rbegin()->set_value(std::string(size, 'x'));
    }
    return made;
  };
  for (const auto& [name, wrong, words] :
       {std::tuple{"unknown", sums({{9, 4}}), std::vector<std::string>{"9", "SHA256"}},
        {"without algorithm", sums({{0, 0}}), {"0", "SHA256"}},
        {"twice", sums({{5, 0}, {5, 0}}), {"SHA256", "twice"}},
        {"too short", sums({{4, 19}}), {"SHA1", "19", "20"}},
        {"too long", sums({{1, 5}}), {"CRC32C", "5", "4"}}}) {
    const auto add = [&, &name = name, &words = words](const char* to,
                                                       std::function<absl::Status()> run) {
      cases.push_back({absl::StrCat(to, ", checksum ", name), std::move(run), kBad,
                       v1::INVALID_CHECKSUM, words});
    };
    add("put", Puts([&wrong = wrong](auto* h) { *h->mutable_checksums() = wrong; }));
    add("part", PutsPart(2, [&wrong = wrong](auto* h) { *h->mutable_checksums() = wrong; }));
    v1::PutObjectRequest::Trailer trailer;
    *trailer.mutable_checksums() = wrong;
    add("put, in the trailer", Puts([](auto*) {}, trailer));
  }
  v1::PutObjectRequest::Trailer unnamed;
  *unnamed.mutable_checksums() = sums({{5, 32}});
  cases.push_back({"put, a checksum in the trailer that the header did not name",
                   Puts([](auto*) {}, unnamed),
                   kBad,
                   v1::INVALID_CHECKSUM,
                   {"SHA256", "header"}});
  for (const std::vector<int>& algorithms : {std::vector<int>{0}, {9}, {5, 5}}) {
    auto bad = Of<v1::CreateMultipartUploadRequest>("bucket", "half");
    for (const int algorithm : algorithms) {
      bad.add_checksums(static_cast<v1::Checksum::Algorithm>(algorithm));
    }
    cases.push_back({absl::StrCat("create upload, checksum ", algorithms[0]),
                     Calls(&Stub::CreateMultipartUpload, bad), kBad, v1::INVALID_CHECKSUM});
  }
  Run(cases);
}

TEST_F(BadFields, OfConditionsBatchesAndPages) {
  std::vector<Case> cases;
  const auto conditions = [&](const char* what, const std::string& word,
                              const v1::Preconditions& wrong) {
    const auto add = [&](const char* name, std::function<absl::Status()> run) {
      cases.push_back(
          {absl::StrCat(name, " with ", what), std::move(run), kBad, v1::INVALID_ARGUMENT, {word}});
    };
    add("put", Puts([&](auto* h) { *h->mutable_preconditions() = wrong; }));
    auto remove = Of<v1::DeleteObjectRequest>("bucket", "kept");
    *remove.mutable_preconditions() = wrong;
    add("delete", Calls(&Stub::DeleteObject, remove));
    v1::DeleteObjectsRequest many;
    many.set_bucket("bucket");
    many.add_entries()->set_key("kept");
    *many.mutable_entries(0)->mutable_preconditions() = wrong;
    add("delete many", Calls(&Stub::DeleteObjects, many));
    auto copy = CopyOf("bucket", "kept");
    *copy.mutable_preconditions() = wrong;
    add("copy", Calls(&Stub::CopyObject, copy));
    auto complete = CompleteOf({1});
    *complete.mutable_preconditions() = wrong;
    add("complete", Calls(&Stub::CompleteMultipartUpload, complete));
  };
  v1::Preconditions time;
  time.mutable_if_unmodified_since()->set_seconds(1);
  conditions("a time", "time", time);
  v1::Preconditions empty;
  empty.add_if_match("");
  conditions("an empty etag", "if-match", empty);
  v1::Preconditions many_etags;
  for (int i = 0; i < 101; ++i) many_etags.add_if_none_match("etag");
  conditions("101 etags", "100", many_etags);

  v1::DeleteObjectsRequest batch;
  batch.set_bucket("bucket");
  cases.push_back({"no deletes",
                   Calls(&Stub::DeleteObjects, batch),
                   kBad,
                   v1::INVALID_ARGUMENT,
                   {"0 deletes", "1000"}});
  for (int i = 0; i < 1001; ++i) batch.add_entries()->set_key("kept");
  cases.push_back({"1,001 deletes",
                   Calls(&Stub::DeleteObjects, batch),
                   kBad,
                   v1::INVALID_ARGUMENT,
                   {"1001", "1000"}});

  const auto page = [&](const char* name, ErrorReason reason, const std::string& word, auto method,
                        auto request, auto change) {
    request.set_bucket("bucket");
    change(&request);
    cases.push_back({name, Calls(method, request), kBad, reason, {word}});
  };
  const auto both = [&](const char* name, ErrorReason reason, const std::string& word,
                        auto change) {
    page(name, reason, word, &Stub::ListObjectVersions, v1::ListObjectVersionsRequest(), change);
    page(name, reason, word, &Stub::ListMultipartUploads, v1::ListMultipartUploadsRequest(),
         change);
  };
  both("a page of 10,001", v1::INVALID_ARGUMENT, "10001",
       [](auto* r) { r->set_page_size(10'001); });
  both("a token that is none", v1::INVALID_PAGE_TOKEN, "token",
       [](auto* r) { r->set_page_token("hello"); });
  both("a long prefix", v1::INVALID_ARGUMENT, "prefix",
       [](auto* r) { r->set_prefix(std::string(1025, 'p')); });
  both("a delimiter with a NUL", v1::INVALID_ARGUMENT, "delimiter",
       [](auto* r) { r->set_delimiter(std::string("\0", 1)); });
  page("versions after a version of no key", v1::INVALID_ARGUMENT, "start_after",
       &Stub::ListObjectVersions, v1::ListObjectVersionsRequest(),
       [&](auto* r) { r->set_start_after_version(kept_.version()); });
  page("uploads after an upload of no key", v1::INVALID_ARGUMENT, "start_after",
       &Stub::ListMultipartUploads, v1::ListMultipartUploadsRequest(),
       [&](auto* r) { r->set_start_after_upload_id(upload_); });
  auto parts = Of<v1::ListPartsRequest>("bucket", "big");
  parts.set_upload_id(upload_);
  parts.set_page_size(10'001);
  cases.push_back({"a page of 10,001 parts",
                   Calls(&Stub::ListParts, parts),
                   kBad,
                   v1::INVALID_ARGUMENT,
                   {"10001", "10000"}});
  Run(cases);
}

}  // namespace
}  // namespace trebol::testing
