#pragma once

#include <map>
#include <string>

#include "absl/strings/string_view.h"

namespace trebol {

using Environment = std::map<std::string, std::string>;

/// A copy of the process's variables.
Environment ProcessEnvironment();

/// True for a variable that begins with TREBOL_ but is no setting of a server:
/// - TREBOL_ENDPOINT and TREBOL_CREDENTIALS_FILE are the client's, TREBOL_CONFIG names the settings
///   file;
/// - TREBOL_BUCKETS names what is made at a cluster's first start;
/// - TREBOL_PLANTED_DEFECT and TREBOL_TEST_… belong to tests;
/// - Kubernetes gives every container variables of each service in its namespace, and a service
///   called trebol-gateway makes TREBOL_GATEWAY_SERVICE_HOST, …_SERVICE_PORT…, …_PORT (an URL) and
///   …_PORT_9100_TCP….
bool IsForeignVariable(absl::string_view name, absl::string_view value);

}  // namespace trebol
