#pragma once

#include <trebol/client.h>

#include <string>

/// Somebody's code that is to be tested: stores a page and keeps the one before it as KEY.old.
inline absl::Status Publish(const trebol::client::Client& client, const std::string& bucket,
                            const std::string& key, const std::string& page) {
  using trebol::client::ErrorReason;
  using trebol::client::ReasonOf;
  const auto kept = client.CopyObject(bucket, key, bucket, key + ".old");
  const bool first = ReasonOf(kept.status()) == ErrorReason::kObjectNotFound;
  if (!kept.ok() && !first) return kept.status();
  return client.PutObject(bucket, key, page, {.content_type = "text/html"}).status();
}
