// Bodies of S3 requests: what is accepted says the same after it was written and read again.
#include <cstdint>
#include <string>

#include "common/base/check.h"
#include "common/base/names.h"
#include "gateway/s3/codec/bucket_xml.h"
#include "gateway/s3/codec/object_xml.h"
#include "gateway/s3/codec/xml_answers.h"
#include "gateway/s3/codec/xml_reader.h"

namespace trebol {
namespace {

void CheckTexts(const XmlElement& element, size_t depth) {
  TREBOL_CHECK(depth <= XmlLimits().depth);
  TREBOL_CHECK(IsValidUtf8(element.text));
  for (const XmlElement& child : element.children) CheckTexts(child, depth + 1);
}

void CheckRoundTrips(const std::string& text) {
  if (const auto tags = ReadTagging(text); tags.ok()) {
    const auto again = ReadTagging(TaggingXml(*tags));
    TREBOL_CHECK(again.ok() && again->size() == tags->size());
    for (int i = 0; i < tags->size(); ++i) {
      TREBOL_CHECK(again->Get(i).key() == tags->Get(i).key());
      TREBOL_CHECK(again->Get(i).value() == tags->Get(i).value());
    }
  }
  if (const auto rules = ReadCors(text); rules.ok()) {
    TREBOL_CHECK(ReadCors(CorsXml(*rules)).ok());
  }
  if (const auto acl = ReadAccessControlPolicy(text); acl.ok()) {
    const auto again = ReadAccessControlPolicy(AccessControlPolicyXml(*acl));
    TREBOL_CHECK(again.ok() && again->grants.size() == acl->grants.size());
  }
}

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const char* root : {"Tagging", "A"}) {
    if (const auto element = trebol::ReadXml(text, root); element.ok()) {
      trebol::CheckTexts(*element, 1);
    }
  }
  if (const auto body = trebol::ReadDelete(text); body.ok()) {
    TREBOL_CHECK(body->request.entries_size() >= 1 && body->request.entries_size() <= 1000);
  }
  if (const auto request = trebol::ReadCompleteMultipartUpload(text); request.ok()) {
    for (const auto& part : request->parts()) {
      TREBOL_CHECK(part.part_number() >= 1 && part.part_number() <= 10'000);
    }
  }
  trebol::ReadVersioning(text).status().IgnoreError();
  trebol::ReadCreateBucket(text).status().IgnoreError();
  trebol::CheckRoundTrips(text);
  return 0;
}
