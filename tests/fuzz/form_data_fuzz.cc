// Forms that upload an object: whatever comes, in one piece or in many, gives the same.
#include <algorithm>
#include <cstdint>
#include <string>

#include "common/base/check.h"
#include "gateway/s3/codec/form_data.h"

namespace trebol {
namespace {

struct Outcome {
  bool whole = false;
  std::string file;
  FormFields fields;
};

Outcome Parse(absl::string_view body, size_t piece) {
  FormDataParser parser("B");
  Outcome outcome;
  for (size_t at = 0; at < body.size(); at += piece) {
    const auto output = parser.Feed(Bytes(body.substr(at, piece)));
    if (!output.ok()) return outcome;
    outcome.file += std::string(*output);
  }
  outcome.whole = parser.Finish().ok();
  TREBOL_CHECK(!outcome.whole || parser.file_ended());
  TREBOL_CHECK(parser.fields().fields.size() <= FormDataParser::kMaxFields);
  outcome.fields = parser.fields();
  return outcome;
}

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const absl::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = trebol::Parse(body, std::max<size_t>(body.size(), 1));
  const auto pieces = trebol::Parse(body, data[0] % 32 + 1u);
  TREBOL_CHECK(whole.whole == pieces.whole);
  if (whole.whole) {
    TREBOL_CHECK(whole.file == pieces.file && whole.fields.fields == pieces.fields.fields);
    TREBOL_CHECK(whole.fields.filename == pieces.fields.filename);
    TREBOL_CHECK(whole.fields.filename.find('/') == std::string::npos);
  }
  trebol::FormBoundary(body).status().IgnoreError();
  return 0;
}
