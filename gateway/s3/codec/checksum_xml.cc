#include "gateway/s3/codec/checksum_xml.h"

#include <algorithm>

#include "gateway/s3/codec/checksum_names.h"

namespace trebol {

bool HasChecksums(const Checksums& checksums) {
  return std::any_of(checksums.begin(), checksums.end(), [](const v1::Checksum& checksum) {
    return NamesOf(checksum.algorithm()) != nullptr;
  });
}

void WriteChecksums(const Checksums& checksums, uint32_t parts, XmlWriter* xml) {
  for (const v1::Checksum& checksum : checksums) {
    const ChecksumNames* const names = NamesOf(checksum.algorithm());
    if (names != nullptr) xml->Element(names->element, ChecksumText(checksum, parts));
  }
}

void WriteChecksumType(const Checksums& checksums, XmlWriter* xml) {
  for (const v1::Checksum& checksum : checksums) {
    if (NamesOf(checksum.algorithm()) == nullptr) continue;
    xml->Element("ChecksumType", ChecksumTypeName(checksum.composite()));
    return;
  }
}

void WriteChecksumsOf(const v1::MultipartUpload& upload, XmlWriter* xml) {
  for (const int algorithm : upload.checksums()) {
    const ChecksumNames* const names = NamesOf(static_cast<v1::Checksum::Algorithm>(algorithm));
    if (names == nullptr) continue;
    xml->Element("ChecksumAlgorithm", names->name);
    xml->Element("ChecksumType", ChecksumTypeName(upload.composite_checksums()));
  }
}

void WriteChecksumAlgorithms(const Checksums& checksums, XmlWriter* xml) {
  for (const v1::Checksum& checksum : checksums) {
    const ChecksumNames* const names = NamesOf(checksum.algorithm());
    if (names != nullptr) xml->Element("ChecksumAlgorithm", names->name);
  }
}

}  // namespace trebol
