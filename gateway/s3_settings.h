#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/config/environment.h"
#include "common/config/option_set.h"
#include "gateway/s3/door/s3_server.h"

namespace trebol {

/// Declares the options of the S3 door in `section`; `settings` outlives the OptionSet.
void AddS3Settings(OptionSet& options, const std::string& section, S3ServerOptions* settings);

/// After the options were parsed: MINIO_DOMAIN and MINIO_SERVER_URL stand in for --s3-domain and
/// --external-url where those were not given. INVALID_ARGUMENT for one of --tls-cert and --tls-key
/// without the other.
absl::Status CompleteS3Settings(const Environment& environment, S3ServerOptions* settings);

}  // namespace trebol
