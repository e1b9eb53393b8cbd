#include "tests/fuzz/api_words.h"

namespace trebol {

void LearnApiWords(MessageMaker* maker) {
  for (const char* bucket : {"bucket", "other"}) maker->Know("bucket", bucket);
  for (const char* key : {"a", "a/b"}) maker->Know("key", key);
  maker->Know("delimiter", "/");
  maker->Know("version", "null");
  maker->Know("etag", "*");
  for (const uint64_t number : {1, 2, 10'000}) maker->Know("part_number", number);
  for (const uint64_t size : {0, 1, 1000}) maker->Know("page_size", size);
  maker->CountUp("counter");
  maker->Alias("source_bucket", "bucket");
  for (const char* field : {"source_key", "prefix", "start_after"}) maker->Alias(field, "key");
  for (const char* field : {"source_version", "start_after_version"}) {
    maker->Alias(field, "version");
  }
  for (const char* field : {"if_match", "if_none_match"}) maker->Alias(field, "etag");
  maker->Alias("start_after_upload_id", "upload_id");
  maker->Alias("next_page_token", "page_token");
  for (const char* field : {"bucket", "key", "source_bucket", "source_key", "upload_id",
                            "part_number", "etag", "header", "parts", "entries"}) {
    maker->SetOften(field, 8);
  }
  // Where they are anything at all, the call is mostly refused.
  for (const char* field : {"version", "source_version", "preconditions", "source_preconditions",
                            "checksums", "content_length", "crc32c", "range", "suffix_length",
                            "page_token", "start_after_version", "start_after_upload_id", "size",
                            "operation", "trailer", "if_modified_since", "if_unmodified_since"}) {
    maker->SetOften(field, 2);
  }
}

void LearnUpload(ApiRig* rig, MessageMaker* maker) {
  v1::CreateMultipartUploadRequest create;
  create.set_bucket("bucket");
  create.set_key("a");
  const auto upload = rig->Await(rig->api.multipart->Create(rig->context, create));
  maker->Learn(*upload);
  UploadPart::Header part;
  part.set_bucket("bucket");
  part.set_key("a");
  part.set_upload_id(upload->upload_id());
  part.set_part_number(1);
  maker->Learn(*rig->PutPart(part, "some bytes"));
}

}  // namespace trebol
