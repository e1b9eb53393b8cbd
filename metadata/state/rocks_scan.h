#pragma once

#include "absl/strings/string_view.h"
#include "metadata/state/transaction.h"
#include "rocksdb/iterator.h"

namespace trebol {

/// Walks `it` over from <= key < to as the visitor wants.
inline rocksdb::Status ScanIterator(rocksdb::Iterator& it, absl::string_view from,
                                    absl::string_view to, RowReader::Visitor visitor) {
  it.Seek(rocksdb::Slice(from.data(), from.size()));
  while (it.Valid()) {
    const absl::string_view key(it.key().data(), it.key().size());
    if (key >= to) break;
    const ScanStep step = visitor(key, absl::string_view(it.value().data(), it.value().size()));
    if (step.stops()) break;
    if (step.seeks()) {
      it.Seek(step.target());
    } else {
      it.Next();
    }
  }
  return it.status();
}

}  // namespace trebol
