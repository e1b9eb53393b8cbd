#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/console.h"
#include "client/client.h"
#include "common/config/access_pair.h"

namespace trebol::cli {

/// The options and help of one verb. Every verb also understands --endpoint and --help. The targets
/// of options must outlive the object.
class CommandLine {
 public:
  /// `usage` is what follows "trebol VERB [OPTIONS]"; `summary` is whole sentences.
  CommandLine(std::string verb, std::string usage, std::string summary, Console& console);
  ~CommandLine();

  // `names` as in "-r,--recursive".
  void Flag(const std::string& names, bool* target, const std::string& help);
  void Option(const std::string& names, std::string* target, const std::string& value_name,
              const std::string& help);
  void Option(const std::string& names, int* target, int least, int most,
              const std::string& value_name, const std::string& help);
  void Repeated(const std::string& names, std::vector<std::string>* target,
                const std::string& value_name, const std::string& help);
  /// The arguments that are not options: at least `least`, at most `most` of them.
  void Positionals(std::vector<std::string>* target, size_t least, size_t most);
  void Example(const std::string& line);

  /// False when the verb shall end here: after --help, or with a mistake that was named.
  bool Parse(const std::vector<std::string>& arguments);

  /// The key: --credentials, else AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, else the file that
  /// TREBOL_CREDENTIALS_FILE names; empty without any.
  absl::StatusOr<AccessPair> Key() const;
  /// A client of the endpoint: --endpoint, else TREBOL_ENDPOINT, else the default.
  absl::StatusOr<client::Client> Connect(client::ClientOptions options = {});

 private:
  struct Parser;
  struct Row {
    std::string names;
    std::string help;
  };

  std::string Help() const;
  std::string ExplainExtra() const;

  const std::string verb_;
  const std::string usage_;
  const std::string summary_;
  Console& console_;
  std::string endpoint_;
  std::string credentials_;
  bool help_ = false;
  bool short_h_taken_ = false;  // ls -h means human-readable sizes
  size_t least_ = 0;
  size_t most_ = 0;
  std::vector<std::string>* positionals_ = nullptr;
  std::vector<Row> rows_;
  std::vector<std::string> names_;  // each spelling, for suggestions
  std::vector<std::string> examples_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace trebol::cli
