#include "tests/unit/tree/include_edges.h"

#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace trebol {
namespace {

using Rooms = std::set<std::string>;

Rooms operator|(Rooms a, const Rooms& b) {
  a.insert(b.begin(), b.end());
  return a;
}

/// What each room may include beside itself.
const std::map<std::string, Rooms>& Allowed() {
  static const std::map<std::string, Rooms>* const table = [] {
    const Rooms proto = {"proto"};
    const Rooms base = proto | Rooms{"common/base"};
    const Rooms pure = base | Rooms{"common/object", "common/checksum", "common/telemetry",
                                    "common/config", "common/cluster"};
    const Rooms waiting = pure | Rooms{"common/resilience", "common/async"};
    const Rooms wires = waiting | Rooms{"common/rpc", "common/http", "common/sigv4"};
    const Rooms stubs = wires | Rooms{"common/stub", "common/daemon"};
    return new std::map<std::string, Rooms>{
        {"proto", {}},
        {"common/base", proto},
        {"common/object", base},
        {"common/checksum", base},
        {"common/sigv4", base | Rooms{"common/http"}},  // the head of a request
        {"common/telemetry", base},
        {"common/config", base},
        {"common/cluster", base},
        {"common/resilience", pure},
        {"common/async", pure},
        {"common/rpc", waiting},
        {"common/http", waiting},
        {"common/daemon", waiting | Rooms{"common/http"}},
        {"common/stub", wires},
        // Libraries that ThreadSanitizer tests: gRPC stays out of them.
        {"storage-node/engine", pure | Rooms{"common/resilience"}},
        {"metadata/log", pure | Rooms{"common/resilience"}},
        {"metadata/state", pure | Rooms{"common/resilience", "metadata/log"}},
        {"metadata/catalog", pure | Rooms{"common/resilience", "metadata/log", "metadata/state"}},
        {"metadata/cluster",
         pure | Rooms{"common/resilience", "metadata/log", "metadata/state", "metadata/catalog"}},
        // The services know themselves and the common rooms, never each other.
        {"storage-node", stubs | Rooms{"storage-node/engine"}},
        {"metadata",
         stubs | Rooms{"metadata/log", "metadata/state", "metadata/catalog", "metadata/cluster"}},
        {"gateway", stubs},
        {"server",
         stubs | Rooms{"gateway", "storage-node", "storage-node/engine", "metadata", "metadata/log",
                       "metadata/state", "metadata/catalog", "metadata/cluster"}},
        {"client", base | Rooms{"common/checksum", "common/sigv4"}},
        {"cli", base | Rooms{"client", "common/checksum", "common/config", "common/http",
                             "common/sigv4", "common/telemetry"}},
    };
  }();
  return *table;
}

/// The room that a path belongs to; empty where the table has none.
std::string RoomOf(absl::string_view path) {
  if (absl::StartsWith(path, "trebol/v1/")) return "proto";  // generated
  std::string best;
  for (const auto& [room, allowed] : Allowed()) {
    if (absl::StartsWith(path, room + "/") && room.size() > best.size()) best = room;
  }
  return best;
}

absl::string_view TopFolder(absl::string_view path) { return path.substr(0, path.find('/')); }

/// Whether a path names something of ours, as against a library or the system.
bool NamesOurs(absl::string_view path) {
  static const Rooms* const folders =
      new Rooms{"proto",  "common", "gateway", "storage-node", "metadata",
                "server", "client", "cli",     "tests",        "trebol"};
  return path.find('/') != absl::string_view::npos &&
         folders->contains(std::string(TopFolder(path)));
}

std::string At(const SourceFile& file, int line, absl::string_view what) {
  return absl::StrCat(file.path, ":", line, ": ", what);
}

bool MayInclude(const SourceFile& file, const std::string& from, const std::string& to) {
  if (from == to || Allowed().at(from).contains(to)) return true;
  return file.path == "cli/main.cc" && to == "server";  // `trebol server` is this one place
}

}  // namespace

std::vector<std::string> BadIncludeEdges(const std::vector<SourceFile>& tree) {
  std::set<std::string> names;
  for (const SourceFile& file : tree) names.insert(file.path);
  std::vector<std::string> bad;
  for (const SourceFile& file : tree) {
    const absl::string_view top = TopFolder(file.path);
    if (top == "tests" || top == "docs" || top == "deploy") continue;  // they may look at all
    if (absl::StartsWith(file.path, "client/examples/"))
      continue;  // a project that uses the package
    const std::string room = RoomOf(file.path);
    if (room.empty()) {
      bad.push_back(At(file, 1, "the table of layers has no such room"));
      continue;
    }
    const std::string folder = file.path.substr(0, file.path.rfind('/') + 1);
    for (const Include& include : file.includes) {
      const std::string& path = include.path;
      if (names.contains(folder + path)) {
        bad.push_back(At(file, include.line, absl::StrCat(path, " is not named from the root")));
      } else if (NamesOurs(path)) {
        const std::string to = RoomOf(path);
        if (to.empty() || !MayInclude(file, room, to)) {
          bad.push_back(At(file, include.line, absl::StrCat(room, " must not include ", path)));
        }
      } else if (absl::StartsWith(path, "grpcpp/") && !Allowed().at(room).contains("common/rpc") &&
                 room != "common/rpc" && room != "client") {
        bad.push_back(At(file, include.line, absl::StrCat(room, " is without gRPC")));
      }
    }
  }
  return bad;
}

std::vector<std::string> HeavyHeaders(const std::vector<SourceFile>& tree) {
  struct Exception {
    absl::string_view headers;  // the beginning of their paths
    absl::string_view library;
    absl::string_view reason;
  };
  static constexpr Exception kExceptions[] = {
      {"common/rpc/", "grpcpp/", "adapters of gRPC, included where a service or stub is built"},
      {"common/http/connection.h", "boost/beast", "one connection; only common/http includes it"},
      {"gateway/grpc/", "grpcpp/", "reactors, which are gRPC's classes; nobody else includes them"},
      {"client/internal/", "grpcpp/", "not installed; the public headers hide it"},
      {"tests/testing/raw_calls.h", "grpcpp/", "calls as a stranger would make them"},
      {"tests/testing/fake_gateway_service.h", "grpcpp/", "a class that one file steers"},
      {"tests/testing/fake_access.h", "grpcpp/", "a service of that class"},
  };
  static constexpr absl::string_view kHeavy[] = {"grpcpp/", "nlohmann/", "boost/beast", "CLI/",
                                                 "pugixml"};
  std::vector<std::string> bad;
  for (const SourceFile& file : tree) {
    if (!file.IsHeader()) continue;
    for (const Include& include : file.includes) {
      absl::string_view library;
      for (const absl::string_view heavy : kHeavy) {
        if (absl::StartsWith(include.path, heavy)) library = heavy;
      }
      if (absl::EndsWith(include.path, ".grpc.pb.h")) library = "grpcpp/";
      if (library.empty()) continue;
      bool excepted = false;
      for (const Exception& exception : kExceptions) {
        excepted = excepted ||
                   (absl::StartsWith(file.path, exception.headers) && library == exception.library);
      }
      if (!excepted) {
        bad.push_back(
            At(file, include.line, absl::StrCat(include.path, " belongs into .cc files")));
      }
    }
  }
  return bad;
}

std::vector<std::string> BadHabits(const std::vector<SourceFile>& tree) {
  constexpr size_t kMaxLines = 600;
  static const std::map<std::string, std::string>* const unwanted =
      new std::map<std::string, std::string>{
          // In two pieces each, or this file would be found.
          {"TO"
           "DO",
           "a mark of unfinished work"},
          {"FIX"
           "ME",
           "a mark of unfinished work"},
          {"absl/synchronization/"
           "mutex.h",
           "ThreadSanitizer cannot see into it: common/base/mutex.h"},
      };
  std::vector<std::string> bad;
  for (const SourceFile& file : tree) {
    if (file.lines.size() > kMaxLines) {
      bad.push_back(At(file, kMaxLines + 1, absl::StrCat(file.lines.size(), " lines; split it")));
    }
    bool pragma = false;
    for (size_t i = 0; i < file.lines.size(); ++i) {
      pragma = pragma || file.lines[i] == "#pragma once";
      for (const auto& [text, why] : *unwanted) {
        if (file.path == "common/base/lock_checks.cc") continue;  // turns that library's checks off
        if (absl::StrContains(file.lines[i], text)) {
          bad.push_back(At(file, static_cast<int>(i) + 1, absl::StrCat(text, ": ", why)));
        }
      }
    }
    if (file.IsHeader() && !pragma) bad.push_back(At(file, 1, "#pragma once is missing"));
  }
  return bad;
}

}  // namespace trebol
