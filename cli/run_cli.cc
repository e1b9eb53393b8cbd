#include "cli/run_cli.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/console.h"
#include "cli/suggestion.h"
#include "cli/verbs.h"

namespace trebol::cli {
namespace {

struct Verb {
  const char* name;  // one word or two
  const char* summary;
  void (*run)(const Arguments&, Console&);
};

constexpr Verb kVerbs[] = {
    {"mb", "make buckets", Mb},
    {"rb", "remove buckets", Rb},
    {"ls", "list buckets or objects", Ls},
    {"cp", "copy files to objects, objects to files, objects to objects", Cp},
    {"mv", "move files and objects", Mv},
    {"sync", "make one side hold what the other holds", Sync},
    {"rm", "remove objects", Rm},
    {"cat", "write objects to standard output", Cat},
    {"stat", "show what is known about an object or bucket", Stat},
    {"du", "add up what is stored", Du},
    {"presign", "print a link that needs no key", PresignVerb},
    {"tag", "show or set tags of an object", Tag},
    {"bucket tag", "show or set tags of a bucket", BucketTag},
    {"bucket versioning", "keep older versions of objects", BucketVersioning},
    {"bucket grant", "show or set who may use a bucket", BucketGrant},
    {"bucket revoke", "take a right on a bucket away", BucketRevoke},
    {"bucket anonymous", "what anybody may do without a key", BucketAnonymous},
    {"bucket quota", "show or set how much a bucket may hold", BucketQuota},
    {"key create", "make a key for a user", KeyCreate},
    {"key ls", "list the keys", KeyLs},
    {"key rm", "delete keys", KeyRm},
    {"key import", "take in a key from elsewhere", KeyImport},
    {"object explain", "show where an object is and whether it is safe", ObjectExplain},
    {"node ls", "list the storage nodes", NodeLs},
    {"node add", "take nodes that wait into the cluster", NodeAdd},
    {"node drain", "let nodes give away what they hold", NodeDrain},
    {"node remove", "take nodes out for good", NodeRemove},
    {"node replace", "give the data of one node to another", NodeReplace},
    {"job ls", "list the work that goes on in the background", JobLs},
    {"job pause", "let such work rest", JobPause},
    {"job resume", "let it go on", JobResume},
    {"job cancel", "call a drain off", JobCancel},
    {"job start", "begin a pass of a scrub or an audit now", JobStart},
    {"cluster status", "show the state of the cluster", ClusterStatusVerb},
    {"health", "ask a server whether it is ready", Health},
    {"completion", "print a script for the completion of a shell", Completion},
};

/// What other tools call the same.
constexpr std::pair<const char*, const char*> kElsewhere[] = {{"copy", "cp"},
                                                              {"get", "cp"},
                                                              {"put", "cp"},
                                                              {"upload", "cp"},
                                                              {"download", "cp"},
                                                              {"mkdir", "mb"},
                                                              {"rmdir", "rb"},
                                                              {"del", "rm"},
                                                              {"delete", "rm"},
                                                              {"remove", "rm"},
                                                              {"list", "ls"},
                                                              {"dir", "ls"},
                                                              {"move", "mv"},
                                                              {"rename", "mv"},
                                                              {"info", "stat"},
                                                              {"head", "stat"},
                                                              {"mirror", "sync"},
                                                              {"rsync", "sync"},
                                                              {"tags", "tag"},
                                                              {"versioning", "bucket versioning"},
                                                              {"quota", "bucket quota"},
                                                              {"grant", "bucket grant"},
                                                              {"anonymous", "bucket anonymous"},
                                                              {"explain", "object explain"},
                                                              {"where", "object explain"}};

std::string Help() {
  std::string text =
      "Usage: trebol VERB [OPTIONS] ...\n\n"
      "Stores and returns objects of a Trébol cluster. Objects are named trebol://BUCKET/KEY.\n\n"
      "Verbs:\n";
  for (const Verb& verb : kVerbs)
    absl::StrAppendFormat(&text, "  %-17s %s\n", verb.name, verb.summary);
  absl::StrAppendFormat(&text, "  %-17s %s\n", "server DIR", "run a whole cluster in one process");
  absl::StrAppend(&text,
                  "\nOptions:\n"
                  "  --endpoint HOST:PORT  gRPC port of a gateway; else TREBOL_ENDPOINT, else "
                  "127.0.0.1:9100\n"
                  "  --version, --help\n\n"
                  "Try:\n"
                  "  trebol mb trebol://photos\n"
                  "  trebol cp -r ./holiday/ trebol://photos/2026/\n"
                  "  trebol ls -r -h trebol://photos\n\n"
                  "trebol VERB --help explains a verb.");
  return text;
}

/// The verb at the front of `arguments`, which are shortened by it; null if there is none.
const Verb* TakeVerb(Arguments& arguments) {
  for (const Verb& verb : kVerbs) {
    const std::string name = verb.name;
    const size_t space = name.find(' ');
    if (arguments.empty() || arguments[0] != name.substr(0, space)) continue;
    if (space == std::string::npos) {
      arguments.erase(arguments.begin());
      return &verb;
    }
    if (arguments.size() < 2 || arguments[1] != name.substr(space + 1)) continue;
    arguments.erase(arguments.begin(), arguments.begin() + 2);
    return &verb;
  }
  return nullptr;
}

/// What to say about arguments that begin with no verb.
std::string ExplainVerb(const Arguments& arguments) {
  // The program runs it before anything else is looked at.
  if (arguments[0] == "server") {
    return "'server' has to be the first word, without --endpoint: trebol server DIR...";
  }
  std::vector<std::string> names = {"help", "server"};
  std::vector<std::string> group;  // verbs of two words that begin so
  for (const Verb& verb : kVerbs) {
    names.emplace_back(verb.name);
    const std::string name = verb.name;
    if (absl::StartsWith(name, arguments[0] + " ")) {
      group.push_back(name);
    }
  }
  const std::string two = arguments.size() > 1 ? absl::StrCat(arguments[0], " ", arguments[1]) : "";
  std::string hint;
  for (const auto& [word, verb] : kElsewhere) {
    if (arguments[0] == word) hint = absl::StrCat("; did you mean '", verb, "'?");
  }
  if (hint.empty()) hint = DidYouMean(arguments[0], names);
  if (hint.empty() && !two.empty()) hint = DidYouMean(two, names);
  if (!group.empty()) {
    hint = two.empty() ? "" : DidYouMean(two, group);
    if (hint.empty()) {
      hint = absl::StrCat("; did you mean '", absl::StrJoin(group, "', '"), "'?");
    }
  }
  return absl::StrCat("unknown verb '", arguments[0], "'", hint, " (trebol help lists them)");
}

/// Options in front of the verb, as in "trebol --endpoint a:1 ls", taken from `arguments`.
Arguments TakeLeadingEndpoint(Arguments& arguments) {
  size_t count = 0;
  while (count < arguments.size() && absl::StartsWith(arguments[count], "--endpoint")) {
    count += arguments[count] == "--endpoint" ? 2 : 1;
  }
  const auto end = arguments.begin() + std::min(count, arguments.size());
  Arguments taken(arguments.begin(), end);
  arguments.erase(arguments.begin(), end);
  return taken;
}

}  // namespace

std::vector<std::string> VerbNames() {
  std::vector<std::string> names = {"help", "server"};
  for (const Verb& verb : kVerbs) names.emplace_back(verb.name);
  return names;
}

int RunCli(const std::vector<std::string>& arguments, Environment& environment) {
  Arguments rest = arguments;
  const Arguments endpoint = TakeLeadingEndpoint(rest);
  const std::string first = rest.empty() ? "" : rest[0];
  if (first == "--version" || first == "version") {
    Console console("", environment);
    console.Print("trebol " TREBOL_VERSION);
    return console.Finish();
  }
  const bool about_itself =
      rest.size() > 1 && (rest[1] == "help" || absl::StartsWith(rest[1], "-"));
  if (first == "help" && rest.size() > 1 && !about_itself) {
    rest.erase(rest.begin());
    rest.emplace_back("--help");
  } else if (first == "help" || first == "--help" || first == "-h") {
    Console console("", environment);
    console.Print(Help());
    return console.Finish();
  }
  const Verb* verb = TakeVerb(rest);
  Console console(verb == nullptr ? "" : verb->name, environment);
  if (verb != nullptr) {
    rest.insert(rest.begin(), endpoint.begin(), endpoint.end());
    verb->run(rest, console);
  } else if (rest.empty()) {
    console.Usage("no verb");
    console.Note(Help());
  } else {
    console.Usage(ExplainVerb(rest));
  }
  return console.Finish();
}

}  // namespace trebol::cli
