#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/config/option_set.h"

namespace trebol {
namespace {

constexpr size_t kWidth = 90;
constexpr size_t kColumn = 30;  // where explanations begin

/// Breaks `text` between words; every line but the first begins with `indent` spaces.
std::string Wrap(absl::string_view text, size_t indent) {
  std::string out;
  size_t column = indent;
  for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (column > indent && column + 1 + word.size() > kWidth) {
      absl::StrAppend(&out, "\n", std::string(indent, ' '));
      column = indent;
    }
    if (column > indent) {
      out.push_back(' ');
      ++column;
    }
    absl::StrAppend(&out, word);
    column += word.size();
  }
  return out;
}

std::string Row(absl::string_view name, absl::string_view text) {
  std::string row = absl::StrCat("  ", name);
  if (row.size() + 2 > kColumn) {
    absl::StrAppend(&row, "\n", std::string(kColumn, ' '));
  } else {
    row.append(kColumn - row.size(), ' ');
  }
  return absl::StrCat(row, Wrap(text, kColumn), "\n");
}

std::string NameOf(const OptionSet::Option& option) {
  switch (option.value.kind) {
    case OptionValue::Kind::kSwitch:
      return option.FlagSpelling();
    case OptionValue::Kind::kList:
      return absl::StrCat(option.FlagSpelling(), " ", option.value_name, "[,...]");
    case OptionValue::Kind::kSingle:
    case OptionValue::Kind::kSecret:
      return absl::StrCat(option.FlagSpelling(), " ", option.value_name);
  }
  return option.FlagSpelling();
}

std::string Details(const OptionSet::Option& option) {
  std::vector<std::string> details;
  if (option.required) details.push_back("required");
  if (!option.value.default_text.empty()) {
    details.push_back(absl::StrCat("default ", option.value.default_text));
  }
  details.push_back(option.value.kind == OptionValue::Kind::kSecret
                        ? absl::StrCat("env ", option.Variable(), "[_FILE]")
                        : absl::StrCat("env ", option.Variable()));
  return absl::StrCat("[", absl::StrJoin(details, ", "), "]");
}

}  // namespace

std::string OptionSet::Help() const {
  std::string help = absl::StrCat("Usage: ", program_.name, " ", program_.usage, "\n\n",
                                  Wrap(program_.summary, 0), "\n");
  if (!program_.examples.empty()) {
    absl::StrAppend(&help, "\nExamples:\n  ", absl::StrJoin(program_.examples, "\n  "), "\n");
  }
  if (positionals_.target != nullptr) {
    absl::StrAppend(&help, "\nArguments:\n", Row(positionals_.value_name, positionals_.help));
  }
  for (size_t g = 0; g < groups_.size(); ++g) {
    absl::StrAppend(&help, "\n", groups_[g].title, ":\n");
    for (const Option& option : options_) {
      if (option.group != static_cast<int>(g)) continue;
      absl::StrAppend(&help, Row(NameOf(option), option.help), std::string(kColumn, ' '),
                      Wrap(Details(option), kColumn), "\n");
    }
  }
  absl::StrAppend(&help, "\nGeneral:\n",
                  Row("--config FILE", "Reads settings from a TOML file [env TREBOL_CONFIG]"),
                  Row("--help", "Shows this text"), Row("--version", "Shows the version"), "\n");
  if (!options_.empty()) {
    const Option& example = options_.front();
    absl::StrAppend(
        &help,
        Wrap(absl::StrCat("A flag wins over the environment, the environment over the file: ",
                          example.FlagSpelling(), " is ", example.Variable(),
                          " in the environment and, in the file, ", example.key, " = \"…\" under [",
                          example.section, "]."),
             0),
        "\n");
  }
  return help;
}

}  // namespace trebol
