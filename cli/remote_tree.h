#pragma once

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "cli/console.h"
#include "cli/object_url.h"
#include "client/client.h"

namespace trebol::cli {

using TakeObjects = std::function<absl::Status(const std::vector<client::ObjectInfo>&)>;

/// The objects that a recursive verb means by `url`, a page at a time: everything below
/// trebol://b/dir/, and for trebol://b/dir the object of that name too; never trebol://b/dirty.
/// NOT_FOUND if a key was given and there is none of these.
absl::Status ForEachBelow(const client::Client& client, const ObjectUrl& url,
                          const TakeObjects& take);

/// Deletes these objects, several at a time. Failures go to the console; that there is none of
/// these is one unless `may_be_none`. False if not all of them could be listed.
bool RemoveBelow(const client::Client& client, const ObjectUrl& url, bool may_be_none,
                 Console& console);

/// Deletes every version and delete marker of the object, with `below` also of those below it.
/// Failures go to the console; that there is none is one unless `may_be_none`. False if not all of
/// them could be listed.
bool RemoveVersions(const client::Client& client, const ObjectUrl& url, bool below,
                    bool may_be_none, Console& console);

/// Aborts the unfinished multipart uploads of the key, with `below` also of those below it; which
/// frees what was sent. Otherwise the same.
bool AbortUploads(const client::Client& client, const ObjectUrl& url, bool below, bool may_be_none,
                  Console& console);

}  // namespace trebol::cli
