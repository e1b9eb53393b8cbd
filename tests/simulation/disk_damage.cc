#include "tests/simulation/disk_damage.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/check.h"

namespace trebol {
namespace {

constexpr size_t kBlock = 4096;

size_t SomeBlock(const std::string& content, std::mt19937_64& random) {
  return random() % ((content.size() + kBlock - 1) / kBlock) * kBlock;
}

}  // namespace

void DiskDamage::Remember(const std::string& directory) {
  Image& image = remembered_[directory];
  image.clear();
  for (const std::string& path : disk_.Paths(directory + "/")) image[path] = disk_.Content(path);
}

bool DiskDamage::Once(const std::string& directory, Of of, const Bounds& bounds,
                      std::mt19937_64& random) {
  std::vector<std::string> paths =
      disk_.Paths(absl::StrCat(directory, of == Of::kIndex ? "/index/" : "/segments/"));
  std::erase_if(paths, [this](const std::string& path) { return disk_.Content(path).empty(); });
  if (paths.empty()) return false;
  const std::string& path = paths[random() % paths.size()];
  std::string content = disk_.Content(path);
  const size_t at = SomeBlock(content, random);
  const size_t size = std::min(kBlock, content.size() - at);
  const std::string before = content;
  switch (random() % 10) {
    case 0: {  // two blocks trade places
      const size_t other = SomeBlock(content, random);
      const std::string a = content.substr(at, kBlock), b = content.substr(other, kBlock);
      if (a.size() != b.size()) return false;
      content.replace(at, kBlock, b).replace(other, kBlock, a);
      break;
    }
    case 1:
      content.replace(at, size, std::string(size, '\0'));
      break;
    case 2:
      if (!bounds.truncate) return false;
      content.resize(random() % content.size());
      break;
    case 3: {  // what was there before
      const auto old = remembered_[directory].find(path);
      if (old == remembered_[directory].end() || old->second.size() < at + size) return false;
      content.replace(at, size, old->second, at, size);
      break;
    }
    case 4: {  // a write that went to the wrong file
      const std::string other = disk_.Content(paths[random() % paths.size()]);
      if (other.size() < at + size) return false;
      content.replace(at, size, other, at, size);
      break;
    }
    case 5:
      content[random() % content.size()] = static_cast<char>(random());
      break;
    default:
      content[random() % content.size()] ^= static_cast<char>(1 << random() % 8);
  }
  if (content == before) return false;
  disk_.SetContent(path, content);
  return true;
}

bool DiskDamage::Restore(const std::string& directory, const std::string& part) {
  const Image& image = remembered_[directory];
  if (image.empty()) return false;
  const std::string of = directory + part;
  for (const std::string& path : disk_.Paths(of + "/")) {
    TREBOL_CHECK(disk_.files().Remove(path).ok());
  }
  TREBOL_CHECK(disk_.files().SyncDirectory(of).ok());
  for (const auto& [path, content] : image) {
    if (absl::StartsWith(path, of + "/")) disk_.SetContent(path, content);
  }
  return true;
}

}  // namespace trebol
