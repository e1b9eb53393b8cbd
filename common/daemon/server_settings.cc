#include "common/daemon/server_settings.h"

namespace trebol {

void AddServerSettings(OptionSet& options, const std::string& section, ServerSettings* settings) {
  options.Group("Health, metrics and logs", section);
  options.Add("admin-listen", "HOST:PORT",
              "Where /health/live, /health/ready, /metrics and /status answer; port 0: any",
              EndpointValue(&settings->admin_listen));
  options.Add("log-level", "LEVEL", "debug, info, warning or error",
              ParsedValue<LogLevel>(&settings->log_level, ParseLogLevel, "info"));
  options.Add("log-format", "FORMAT", "text or json",
              ParsedValue<LogFormat>(&settings->log_format, ParseLogFormat, "text"));
}

std::string ProgramVersion() { return TREBOL_VERSION; }

}  // namespace trebol
