#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/ids.h"
#include "trebol/v1/object.pb.h"

namespace trebol::catalog {

/// What the versions of keys, copies and uploads should be, kept in the simplest way: each key has
/// a list, the newest first.
struct Model {
  struct Version {
    std::string id;  // as clients name it
    std::string etag;
    VersionId data;
    uint64_t size = 0;
    bool marker = false;
    bool null = false;
  };
  struct Upload {
    std::string key;
    std::map<uint32_t, std::pair<VersionId, uint64_t>> parts;
  };
  v1::Bucket::Versioning versioning = v1::Bucket::UNVERSIONED;
  std::map<std::string, std::vector<Version>> keys;
  std::map<VersionId, Upload> uploads;
  // Versions of parts that completed uploads are made of.
  std::map<VersionId, std::set<VersionId>> made_of;
  std::map<VersionId, uint64_t> written;  // every version that has bytes

  Version* Latest(const std::string& key) {
    const auto found = keys.find(key);
    if (found == keys.end() || found->second.empty() || found->second.front().marker) {
      return nullptr;
    }
    return &found->second.front();
  }
  void Add(const std::string& key, Version version) {
    std::vector<Version>& versions = keys[key];
    version.null = versioning != v1::Bucket::ENABLED;
    if (version.null) std::erase_if(versions, [](const Version& v) { return v.null; });
    versions.insert(versions.begin(), std::move(version));
  }
  /// Versions with bytes that something refers to.
  std::set<VersionId> Live() const {
    std::set<VersionId> live;
    for (const auto& [key, versions] : keys) {
      for (const Version& version : versions) {
        if (version.marker) continue;
        const auto parts = made_of.find(version.data);
        if (parts == made_of.end()) {
          live.insert(version.data);
        } else {
          live.insert(parts->second.begin(), parts->second.end());
        }
      }
    }
    for (const auto& [id, upload] : uploads) {
      for (const auto& [number, part] : upload.parts) live.insert(part.first);
    }
    std::erase_if(live, [this](const VersionId& v) { return written.at(v) == 0; });
    return live;
  }
};

}  // namespace trebol::catalog
