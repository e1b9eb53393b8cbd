#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cli/suggestion.h"
#include "common/base/status_macros.h"
#include "common/config/credentials.h"

namespace trebol::cli {

namespace {

std::string Spaced(const std::string& names) { return absl::StrReplaceAll(names, {{",", ", "}}); }

}  // namespace

struct CommandLine::Parser {
  CLI::App app;
};

CommandLine::CommandLine(std::string verb, std::string usage, std::string summary, Console& console)
    : verb_(std::move(verb)),
      usage_(std::move(usage)),
      summary_(std::move(summary)),
      console_(console),
      parser_(std::make_unique<Parser>()) {
  parser_->app.set_help_flag("");
}

CommandLine::~CommandLine() = default;

void CommandLine::Flag(const std::string& names, bool* target, const std::string& help) {
  parser_->app.add_flag(names, *target);
  rows_.push_back({names, help});
  if (absl::StartsWith(names, "-h,")) short_h_taken_ = true;
}

void CommandLine::Option(const std::string& names, std::string* target,
                         const std::string& value_name, const std::string& help) {
  parser_->app.add_option(names, *target)->take_last();
  rows_.push_back({absl::StrCat(names, " ", value_name), help});
}

void CommandLine::Option(const std::string& names, int* target, int least, int most,
                         const std::string& value_name, const std::string& help) {
  parser_->app.add_option(names, *target)->check(CLI::Range(least, most))->take_last();
  rows_.push_back({absl::StrCat(names, " ", value_name), help});
}

void CommandLine::Repeated(const std::string& names, std::vector<std::string>* target,
                           const std::string& value_name, const std::string& help) {
  parser_->app.add_option(names, *target)->allow_extra_args(false);
  rows_.push_back({absl::StrCat(names, " ", value_name), help});
}

void CommandLine::Positionals(std::vector<std::string>* target, size_t least, size_t most) {
  parser_->app.add_option("arguments", *target);
  positionals_ = target;
  least_ = least;
  most_ = most;
}

void CommandLine::Example(const std::string& line) { examples_.push_back(line); }

bool CommandLine::Parse(const std::vector<std::string>& arguments) {
  Option("--endpoint", &endpoint_, "HOST:PORT",
         "gRPC port of a gateway; else TREBOL_ENDPOINT, else 127.0.0.1:9100");
  Option("--credentials", &credentials_, "FILE",
         "A key as in ~/.aws/credentials; else AWS_…, TREBOL_CREDENTIALS_FILE");
  Flag(short_h_taken_ ? "--help" : "-h,--help", &help_, "Shows this text");
  for (const Row& row : rows_) {
    const std::string spellings = row.names.substr(0, row.names.find(' '));
    for (absl::string_view name : absl::StrSplit(spellings, ',')) names_.emplace_back(name);
  }
  const std::string see = absl::StrCat("; see trebol ", verb_, " --help");
  try {
    // CLI11 takes the arguments from the back.
    parser_->app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ExtrasError&) {
    console_.Usage(ExplainExtra() + see);
    return false;
  } catch (const CLI::Error& error) {
    console_.Usage(error.what() + see);
    return false;
  }
  if (help_) {
    console_.Print(Help());
    return false;
  }
  const size_t count = positionals_ == nullptr ? 0 : positionals_->size();
  if (count < least_) {
    console_.Usage(absl::StrCat("expects ", usage_, see));
    return false;
  }
  if (count > most_) {
    console_.Usage(absl::StrCat("'", (*positionals_)[most_], "' is one argument too many", see));
    return false;
  }
  return true;
}

std::string CommandLine::ExplainExtra() const {
  for (const std::string& extra : parser_->app.remaining()) {
    if (!absl::StartsWith(extra, "-")) continue;
    const std::string name = extra.substr(0, extra.find('='));
    return absl::StrCat("unknown option '", name, "'", DidYouMean(name, names_));
  }
  return absl::StrCat("'", parser_->app.remaining().front(), "' is one argument too many");
}

std::string CommandLine::Help() const {
  std::string text = absl::StrCat("Usage: trebol ", verb_, " [OPTIONS]", usage_.empty() ? "" : " ",
                                  usage_, "\n\n", summary_, "\n\nOptions:\n");
  size_t width = 0;
  for (const Row& row : rows_) width = std::max(width, Spaced(row.names).size());
  for (const Row& row : rows_) {
    const std::string names = Spaced(row.names);
    absl::StrAppend(&text, "  ", names, std::string(width - names.size() + 2, ' '), row.help, "\n");
  }
  if (!examples_.empty()) absl::StrAppend(&text, "\nExamples:\n");
  for (const std::string& example : examples_) absl::StrAppend(&text, "  ", example, "\n");
  absl::StrAppend(
      &text,
      "\nExit codes: 0 done, 1 something failed (each is named), 2 usage, 3 not found,\n"
      "4 denied, 5 unavailable.");
  return text;
}

absl::StatusOr<AccessPair> CommandLine::Key() const {
  const auto value = [this](const char* name) {
    return console_.environment().variable(name).value_or("");
  };
  if (!credentials_.empty()) return ReadCredentials(credentials_);
  AccessPair pair{value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY")};
  const std::string file = value("TREBOL_CREDENTIALS_FILE");
  if (pair.id.empty() && pair.secret.empty() && !file.empty()) return ReadCredentials(file);
  return pair;
}

absl::StatusOr<client::Client> CommandLine::Connect(client::ClientOptions options) {
  const auto variable = console_.environment().variable("TREBOL_ENDPOINT");
  if (!endpoint_.empty()) {
    options.endpoint = endpoint_;
  } else if (variable && !variable->empty()) {
    options.endpoint = *variable;
  }
  ASSIGN_OR_RETURN(const AccessPair key, Key());
  options.access_key_id = key.id;
  options.secret_access_key = key.secret;
  options.stop = console_.environment().stop;
  return client::Client::Create(std::move(options));
}

}  // namespace trebol::cli
