#pragma once

#include <string>

#include "common/config/endpoint.h"
#include "common/config/option_set.h"
#include "common/telemetry/log.h"

namespace trebol {

/// The settings that every server has.
struct ServerSettings {
  Endpoint admin_listen;
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;
};

/// Declares them, in a group of their own. `settings` holds the default of the admin port.
void AddServerSettings(OptionSet& options, const std::string& section, ServerSettings* settings);

/// The program's version, as --version prints it.
std::string ProgramVersion();

}  // namespace trebol
