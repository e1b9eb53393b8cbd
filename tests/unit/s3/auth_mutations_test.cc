// Signed requests that somebody changed on their way: whatever still passes means what was signed.
// What a request means is read here by other code than the gate's.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/sigv4/sigv4.h"
#include "tests/testing/seed.h"
#include "tests/unit/s3/auth_rig.h"
#include "tests/unit/s3/old_url.h"

namespace trebol {
namespace {

constexpr int kMutations = 30'000;

/// A request as it was signed.
struct Original {
  RequestHead head;
  std::vector<std::string> signed_headers;
};

std::string Decoded(absl::string_view text, bool plus_is_blank) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      decoded += absl::HexStringToBytes(text.substr(i + 1, 2));
      i += 2;
    } else {
      decoded.push_back(text[i] == '+' && plus_is_blank ? ' ' : text[i]);
    }
  }
  return decoded;
}

std::string Collapsed(absl::string_view value) {
  return absl::StrJoin(absl::StrSplit(absl::StripAsciiWhitespace(value), ' ', absl::SkipEmpty()),
                       " ");
}

/// All that the operation behind the gate may go by, in one text.
std::string MeaningOf(const RequestHead& head, const Authenticated& result,
                      const std::vector<std::string>& signed_headers) {
  // Version 2 signs no host: the bucket is told beside it, in what is signed.
  const bool old = absl::StrContains(Decoded(head.query, true), "AWSAccessKeyId=");
  std::multiset<std::string> query;
  for (const absl::string_view piece : absl::StrSplit(head.query, '&', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> pair = absl::StrSplit(piece, absl::MaxSplits('=', 1));
    const std::string name = Decoded(pair.first, true);
    if (name != (old ? "Signature" : "X-Amz-Signature")) {
      query.insert(absl::StrCat(name, "\1", Decoded(pair.second, true)));
    }
  }
  std::map<std::string, std::string> headers;
  for (const auto& [name, value] : head.headers) {
    const bool counts = absl::StartsWith(name, "x-amz-") ||
                        std::count(signed_headers.begin(), signed_headers.end(), name) > 0;
    if (!counts || name == "host") continue;
    const auto [at, first] = headers.emplace(name, Collapsed(value));
    if (!first) absl::StrAppend(&at->second, ",", Collapsed(value));
  }
  const std::string path = head.path.empty() ? "/" : Decoded(head.path, false);
  return absl::StrCat(
      head.method, "\2", path, "\2", absl::StrJoin(query, "\2"), "\2", old ? "" : result.host, "\2",
      absl::StrJoin(headers, "\2", absl::PairFormatter("\1")), "\2", result.signer.key.id, "\2",
      static_cast<int>(result.payload.kind), result.payload.sha256, result.payload.seed.signature);
}

std::vector<Original> Originals() {
  const auto by_headers = [](RequestHead head, absl::string_view payload) {
    head = Signed(std::move(head), payload);
    const std::string value(head.Header("authorization"));
    const size_t begin = value.find("SignedHeaders=") + 14;
    return Original{head, absl::StrSplit(value.substr(begin, value.find(", Sig") - begin), ';')};
  };
  const auto by_query = [](RequestHead head) {
    std::vector<std::string> names;
    for (const auto& [name, value] : head.headers) names.push_back(name);
    return Original{Presigned(std::move(head)), names};
  };
  const RequestHead get = {"GET",
                           "/bucket/a%20b/c+d.txt",
                           "versionId=x%2Fy&partNumber=2&response-content-type=a+b",
                           {{"host", "s3.example"}, {"range", "bytes=0-9"}}};
  const RequestHead put = {"PUT",
                           "/bucket/k%C3%A9y//../%7E(1)",
                           "",
                           {{"host", "s3.example"},
                            {"content-type", "text/plain;  charset=utf-8"},
                            {"x-amz-meta-color", "dark  green"},
                            {"x-amz-meta-tag", "1"},
                            {"x-amz-meta-tag", "2"},
                            {"x-amz-acl", "private"}}};
  const RequestHead list = {"GET",
                            "/",
                            "list-type=2&prefix=a%26b&delimiter=%2F&fetch-owner",
                            {{"host", "bucket.s3.example"}}};
  return {
      by_headers(get, sigv4::kEmptySha256),
      by_headers(put, sigv4::kUnsignedPayload),
      by_headers(put, sigv4::kStreamingSigned),
      by_headers(list, sigv4::kEmptySha256),
      by_query(get),
      by_query(put),
      by_query({"GET", "/bucket/key", "", {{"host", "s3.example"}}}),
      by_query({"PUT", "/bucket/key", "", {{"host", "s3.example"}}}),
      {OldUrl("GET", "/bucket/a%20b/c+d.txt", "versionId=x%2Fy&response-content-type=a+b",
              "/bucket/a%20b/c+d.txt?response-content-type=a b&versionId=x/y"),
       {"content-type"}},
      {OldUrl("PUT", "/bucket/key", "", "/bucket/key"), {"content-type"}},
      {OldUrl("DELETE", "/bucket/key", "uploadId=1", "/bucket/key?uploadId=1"), {"content-type"}}};
}

/// Changes requests at random.
class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}

  size_t Below(size_t limit) { return random_() % limit; }

  void Mutate(const std::vector<Original>& originals, RequestHead* head) {
    switch (Below(14)) {
      case 0:
        return MutateMethod(&head->method);
      case 1:
        return MutateText(&head->path);
      case 2:
        return MutateText(&head->query);
      case 3:
        return MutateText(&AnyHeader(head).second);
      case 4:
        return MutateText(&AnyHeader(head).first);
      case 5:
        head->headers.erase(head->headers.begin() + Below(head->headers.size()));
        if (head->headers.empty()) head->headers.emplace_back("host", "s3.example");
        return;
      case 6:
        return RepeatHeader(head);
      case 7:
        return AddHeader(head);
      case 8:
        return std::swap(AnyHeader(head), AnyHeader(head));
      case 9:
        return Encode(Below(2) == 0 ? &head->path : &head->query);
      case 10:
        return MutateParameters(&head->query);
      case 11:
        return MutateSignature(head);
      case 12:
        return MutateDate(head);
      default:
        return Splice(originals[Below(originals.size())].head, head);
    }
  }

 private:
  static constexpr absl::string_view kBytes = "%/+&=;:, \t.?#AaZz09~-_\n\xc3";

  std::pair<std::string, std::string>& AnyHeader(RequestHead* head) {
    return head->headers[Below(head->headers.size())];
  }
  char AnyByte() { return kBytes[Below(kBytes.size())]; }

  void MutateMethod(std::string* method) {
    static constexpr const char* kMethods[] = {"GET", "PUT", "HEAD", "POST", "DELETE", "get"};
    if (Below(4) == 0) return MutateText(method);
    *method = kMethods[Below(std::size(kMethods))];
  }

  void MutateText(std::string* text) {
    const size_t at = Below(text->size() + 1);
    if (at == text->size() || Below(3) == 0) {
      text->insert(at, 1, AnyByte());
    } else if (Below(3) == 0) {
      text->erase(at, 1 + Below(3));
    } else if (Below(2) == 0) {
      (*text)[at] ^= 0x20;  // the other case of a letter
    } else {
      (*text)[at] = Below(2) == 0 ? AnyByte() : (*text)[Below(text->size())];
    }
  }

  void RepeatHeader(RequestHead* head) {
    std::pair<std::string, std::string> header = AnyHeader(head);
    if (Below(2) == 0) MutateText(&header.second);
    head->headers.insert(head->headers.begin() + Below(head->headers.size() + 1), header);
  }

  void AddHeader(RequestHead* head) {
    static constexpr std::pair<const char*, const char*> kHeaders[] = {
        {"x-amz-acl", "public-read"},
        {"x-amz-meta-new", "1"},
        {"x-amz-date", "20130524T000001Z"},
        {"x-amz-content-sha256", "UNSIGNED-PAYLOAD"},
        {"content-type", "text/html"},
        {"host", "other.example"},
        {"x-forwarded-host", "s3.example"},
        {"date", "Fri, 24 May 2013 00:00:00 GMT"},
        {"range", "bytes=1-2"},
        {"authorization", "AWS4-HMAC-SHA256 a"},
        {"x-amz-security-token", "t"},
        {"user-agent", "curl"}};
    const auto& [name, value] = kHeaders[Below(std::size(kHeaders))];
    if (Below(3) == 0) return SetHeader(head, name, value);
    head->headers.emplace_back(name, value);
  }

  /// Writes one byte as %XX, or the digits of an escape in the other case: the same thing.
  void Encode(std::string* text) {
    if (text->empty()) return;
    const size_t at = Below(text->size());
    const char c = (*text)[at];
    if (c == '%' && at + 2 < text->size()) {
      for (const size_t i : {at + 1, at + 2}) {
        char& digit = (*text)[i];
        digit =
            absl::ascii_isupper(digit) ? absl::ascii_tolower(digit) : absl::ascii_toupper(digit);
      }
    } else {
      text->replace(at, 1,
                    absl::StrCat("%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2)));
    }
  }

  void MutateParameters(std::string* query) {
    static constexpr const char* kMore[] = {
        "acl", "versionId=1", "X-Amz-Expires=604800", "X-Amz-SignedHeaders=host", "prefix=", "="};
    std::vector<std::string> pieces = absl::StrSplit(*query, '&');
    const size_t at = Below(pieces.size());
    switch (Below(4)) {
      case 0:
        pieces.erase(pieces.begin() + at);
        break;
      case 1:
        pieces.push_back(pieces[at]);
        break;
      case 2:
        std::swap(pieces[at], pieces[Below(pieces.size())]);
        break;
      default:
        pieces.insert(pieces.begin() + at, kMore[Below(std::size(kMore))]);
    }
    *query = absl::StrJoin(pieces, "&");
  }

  void MutateSignature(RequestHead* head) {
    std::string authorization(head->Header("authorization"));
    std::string* const text = authorization.empty() ? &head->query : &authorization;
    size_t at = text->rfind("Signature=");
    if (at == std::string::npos) return;
    at = std::min(at + 10 + Below(65), text->size());
    if (at == text->size()) {
      text->push_back('0');
    } else if (Below(3) == 0) {
      text->resize(at);
    } else {
      (*text)[at] =
          Below(4) == 0 ? absl::ascii_toupper((*text)[at]) : "0123456789abcdef"[Below(16)];
    }
    if (text == &authorization) SetHeader(head, "authorization", authorization);
  }

  void MutateDate(RequestHead* head) {
    const std::string date =
        sigv4::FormatTimestamp(sigv4::ExampleTime() + absl::Seconds(Below(900)));
    if (head->Count("x-amz-date") > 0) return SetHeader(head, "x-amz-date", date);
    const size_t at = head->query.find(Below(2) == 0 ? "X-Amz-Date=" : "X-Amz-Expires=");
    if (at == std::string::npos) return;
    const size_t begin = head->query.find('=', at) + 1;
    const size_t end = std::min(head->query.find('&', begin), head->query.size());
    head->query.replace(begin, end - begin, head->query[at + 6] == 'D' ? date : "3600");
  }

  /// A part of another signed request.
  void Splice(const RequestHead& other, RequestHead* head) {
    switch (Below(5)) {
      case 0:
        head->path = other.path;
        return;
      case 1:
        head->query = other.query;
        return;
      case 2:
        head->method = other.method;
        return;
      case 3:
        return SetHeader(head, "authorization", std::string(other.Header("authorization")));
      default: {
        const auto& [name, value] = other.headers[Below(other.headers.size())];
        return SetHeader(head, name, value);
      }
    }
  }

  std::mt19937_64 random_;
};

std::string Shown(const RequestHead& head) {
  std::string text = absl::StrCat(head.method, " ", head.path, "?", head.query);
  for (const auto& [name, value] : head.headers) absl::StrAppend(&text, "\n", name, ": ", value);
  return absl::CEscape(text);
}

TEST(AuthMutations, WhatPassesMeansWhatWasSigned) {
  Mutator mutator(TestSeed());
  const std::vector<Original> originals = Originals();
  AuthRig direct;
  AuthRig behind_proxy;
  behind_proxy.options.external_host = "s3.example";
  std::map<std::string, int> outcomes;
  for (int i = 0; i < kMutations; ++i) {
    const Original& original = originals[mutator.Below(originals.size())];
    AuthRig& rig = mutator.Below(2) == 0 ? direct : behind_proxy;
    const auto right = rig.Try(original.head);
    ASSERT_TRUE(right.ok()) << right.status() << Shown(original.head);
    RequestHead head = original.head;
    for (size_t changes = 1 + mutator.Below(3); changes > 0; --changes) {
      mutator.Mutate(originals, &head);
    }
    const auto result = rig.Try(head);
    if (!result.ok()) {
      ++outcomes[ToS3Error(result.status()).code];
      continue;
    }
    if (result->signer.anonymous) {  // nothing of the signature is left
      ASSERT_EQ(head.Header("authorization"), "");
      ++outcomes["anonymous"];
      continue;
    }
    ++outcomes["passed"];
    // Its meaning is that of some original: parts of them are mixed here.
    const std::string meaning = MeaningOf(head, *result, original.signed_headers);
    const bool known = std::any_of(originals.begin(), originals.end(), [&](const Original& each) {
      const auto signed_one = rig.Try(each.head);
      return MeaningOf(head, *result, each.signed_headers) ==
             MeaningOf(each.head, *signed_one, each.signed_headers);
    });
    ASSERT_TRUE(known) << absl::CEscape(meaning) << "\n"
                       << Shown(head) << "\nfrom\n"
                       << Shown(original.head);
  }
  for (const auto& [code, count] : outcomes) std::printf("%-34s %6d\n", code.c_str(), count);
  // A run in which nothing was refused for its signature, or nothing passed, tells nothing.
  EXPECT_GT(outcomes["SignatureDoesNotMatch"], kMutations / 4);
  EXPECT_GT(outcomes["passed"], kMutations / 50);
  EXPECT_GE(outcomes.size(), 8u);
}

}  // namespace
}  // namespace trebol
