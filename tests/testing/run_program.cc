#include "tests/testing/run_program.h"

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/testing/temporary_directory.h"

namespace trebol::testing {
namespace {

std::string Quoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

std::string Contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

ProgramResult RunProgram(const std::vector<std::string>& argv, const ProgramOptions& options) {
  const TemporaryDirectory directory;
  const std::string out = directory.path() + "/out", err = directory.path() + "/err";
  std::string command = "env -i PATH=\"$PATH\" HOME=\"$HOME\"";
  for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}) {
    const char* const value = std::getenv(name);
    if (value != nullptr) absl::StrAppend(&command, " ", name, "=", Quoted(value));
  }
  for (const auto& [name, value] : options.environment) {
    absl::StrAppend(&command, " ", name, "=", Quoted(value));
  }
  absl::StrAppend(&command, " timeout --kill-after=5 ", absl::ToInt64Seconds(options.timeout));
  for (const std::string& argument : argv) absl::StrAppend(&command, " ", Quoted(argument));
  absl::StrAppend(&command, " <", Quoted(options.stdin_file), " >",
                  Quoted(options.stdout_file.empty() ? out : options.stdout_file), " 2>",
                  Quoted(err));
  const int status = std::system(command.c_str());
  ProgramResult result;
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  if (options.stdout_file.empty()) result.out = Contents(out);
  result.err = Contents(err);
  return result;
}

std::string ProgramPath(const std::string& name) {
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  return self.parent_path().parent_path() / "bin" / name;
}

}  // namespace trebol::testing
