#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <sstream>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/environment.h"
#include "cli/run_cli.h"
#include "tests/testing/fake_gateway.h"
#include "tests/unit/cli/meanwhile.h"
#include "tests/unit/cli/temporary_folder.h"

namespace trebol::cli {

/// Runs the command line in this process against a gateway of its own that has a bucket "photos".
class CliTest : public ::testing::Test {
 protected:
  CliTest() {
    gateway_.AddBucket("photos");
    variables_["TREBOL_ENDPOINT"] = gateway_.endpoint();
  }

  int Run(const std::vector<std::string>& arguments, const std::string& input = "") {
    in_.str(input);
    in_.clear();
    out_.str("");
    err_.str("");
    environment_.variable = Variables();
    return RunCli(arguments, environment_);
  }

  /// The same, and does `act` once `word` appears: in a line of results, or in the bar, which shows
  /// every step.
  int RunAnd(const std::vector<std::string>& arguments, const std::string& word,
             const std::function<void()>& act) {
    Meanwhile out_buffer(word, act);
    Meanwhile err_buffer(word, act);
    std::ostream out(&out_buffer);
    std::ostream err(&err_buffer);
    const SteppingClock clock;
    Environment environment{.in = in_,
                            .out = out,
                            .err = err,
                            .err_is_terminal = true,
                            .variable = Variables(),
                            .clock = clock,
                            .stop = stop_.get_token()};
    const int code = RunCli(arguments, environment);
    out_.str(out_buffer.str());
    err_.str(err_buffer.str());
    return code;
  }

  std::function<std::optional<std::string>(const std::string&)> Variables() {
    return [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      return found == variables_.end() ? std::nullopt : std::optional(found->second);
    };
  }

  std::string out() const { return out_.str(); }
  std::string err() const { return err_.str(); }

  testing::FakeGateway gateway_;
  TemporaryFolder folder_;
  std::map<std::string, std::string> variables_;
  std::istringstream in_;
  std::ostringstream out_;
  std::ostringstream err_;
  std::stop_source stop_;
  Environment environment_{.in = in_, .out = out_, .err = err_, .stop = stop_.get_token()};
};

}  // namespace trebol::cli
