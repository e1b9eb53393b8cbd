#include "common/base/random.h"

#include <sys/random.h>

#include "absl/strings/escaping.h"
#include "common/base/check.h"

namespace trebol {
namespace {

void Fill(void* to, size_t size) {
  auto* bytes = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t got = getrandom(bytes, size, 0);
    TREBOL_CHECK(got > 0);
    bytes += got;
    size -= static_cast<size_t>(got);
  }
}

}  // namespace

uint64_t RandomId() {
  uint64_t id = 0;
  while (id == 0) Fill(&id, sizeof id);
  return id;
}

std::string RandomHex(int bytes) {
  std::string raw(static_cast<size_t>(bytes), '\0');
  Fill(raw.data(), raw.size());
  return absl::BytesToHexString(raw);
}

std::string RandomText(int size, absl::string_view alphabet) {
  TREBOL_CHECK(!alphabet.empty() && alphabet.size() <= 256);
  // Bytes from here on would make the first characters more likely than the last.
  const size_t usable = 256 - 256 % alphabet.size();
  std::string text;
  while (text.size() < static_cast<size_t>(size)) {
    uint8_t byte = 0;
    Fill(&byte, 1);
    if (byte < usable) text.push_back(alphabet[byte % alphabet.size()]);
  }
  return text;
}

}  // namespace trebol
