// Whatever stands in a settings file, in variables and on a command line: it is taken or refused
// with a text, and a value that was taken is one that its option allows.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/check.h"
#include "common/config/option_set.h"
#include "common/config/settings_file.h"

namespace trebol {
namespace {

/// A file in memory that has a path.
class MemoryFile {
 public:
  explicit MemoryFile(const std::string& content) : descriptor_(memfd_create("settings", 0)) {
    TREBOL_CHECK(write(descriptor_, content.data(), content.size()) ==
                 static_cast<ssize_t>(content.size()));
  }
  ~MemoryFile() { close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return absl::StrCat("/proc/self/fd/", descriptor_); }

 private:
  const int descriptor_;
};

struct Settings {
  std::string data;
  bool sync = false;
  uint64_t cache = 0;
  absl::Duration timeout;
  double weight = 1;
  int threads = 1;
  Endpoint listen;
  std::vector<Endpoint> metadata;
  std::string secret;
  std::vector<std::string> rest;
};

absl::Status Parse(const std::vector<std::string>& arguments, const Environment& environment,
                   Settings* settings) {
  OptionSet options({.name = "trebol-storage", .usage = "", .summary = "Fuzzed.", .version = "0"});
  options.Group("Storage node", "storage");
  options.Add("data", "DIR", "", TextValue(&settings->data));
  options.Add("sync", "", "", SwitchValue(&settings->sync));
  options.Add("cache-size", "SIZE", "", SizeValue(&settings->cache));
  options.Add("timeout", "DURATION", "", DurationValue(&settings->timeout));
  options.Add("weight", "NUMBER", "", NumberValue(&settings->weight, 0, 100));
  options.Add("threads", "N", "", IntegerValue(&settings->threads, 1, 64));
  options.Add("listen", "HOST:PORT", "", EndpointValue(&settings->listen));
  options.Add("metadata", "HOST:PORT", "", EndpointListValue(&settings->metadata));
  options.Add("cluster-secret", "", "", SecretValue(&settings->secret));
  options.Positionals("DIR", "", 0, 3, &settings->rest);
  return options.Parse(arguments, environment).status();
}

void Check(const absl::Status& status, const Settings& settings) {
  if (!status.ok()) {
    TREBOL_CHECK(!status.message().empty());
    return;
  }
  TREBOL_CHECK(settings.weight >= 0 && settings.weight <= 100);
  TREBOL_CHECK(settings.threads >= 1 && settings.threads <= 64);
  TREBOL_CHECK(settings.timeout >= absl::ZeroDuration());
  TREBOL_CHECK(settings.timeout < absl::InfiniteDuration());
  TREBOL_CHECK(settings.rest.size() <= 3);
}

void TryFile(const std::string& text) {
  const MemoryFile file(text);
  if (const auto read = ReadSettingsFile(file.path()); read.ok()) {
    for (const FileSetting& setting : read->settings) TREBOL_CHECK(setting.line > 0);
  }
  Settings settings;
  Check(Parse({"--config", file.path()}, {}, &settings), settings);
}

// A line an argument, or NAME=VALUE of a variable. None that names a file: the fuzzer would read
// this machine's.
void TryLines(const std::string& text) {
  std::vector<std::string> arguments;
  Environment environment;
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  for (const std::string& line : lines) {
    if (line.find("file") != std::string::npos || line.find("config") != std::string::npos ||
        line.find("FILE") != std::string::npos || line.find("CONFIG") != std::string::npos ||
        line.find('\0') != std::string::npos) {
      continue;
    }
    const size_t equals = line.find('=');
    if (line.starts_with("TREBOL_") && equals != std::string::npos) {
      environment[line.substr(0, equals)] = line.substr(equals + 1);
    } else {
      arguments.push_back(line);
    }
  }
  Settings settings;
  Check(Parse(arguments, environment, &settings), settings);
}

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  trebol::TryFile(text);
  trebol::TryLines(text);
  return 0;
}
