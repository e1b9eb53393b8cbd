#include "common/config/option_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace trebol {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

/// The options of a storage node, or nearly.
class OptionSetTest : public ::testing::Test {
 protected:
  OptionSetTest()
      : options_({.name = "trebol-storage",
                  .usage = "--data DIR [OPTIONS]",
                  .summary = "Keeps chunks of objects on a disk.",
                  .examples = {"trebol-storage --data /srv/1"},
                  .version = "0.1.0"}) {
    options_.Group("Storage node", "storage");
    options_.Add("data", "DIR", "Where chunks are kept", TextValue(&data_));
    options_.Add("listen", "HOST:PORT", "Address to serve on", EndpointValue(&listen_));
    options_.Add("metadata", "HOST:PORT", "Metadata servers", EndpointListValue(&metadata_));
    options_.Add("labels", "NAME", "Words", TextListValue(&labels_));
    options_.Add("cache-size", "SIZE", "Memory for reads", SizeValue(&cache_));
    options_.Add("timeout", "TIME", "Patience", DurationValue(&timeout_));
    options_.Add("weight", "NUMBER", "Share of the data", NumberValue(&weight_, 0.01, 100));
    options_.Add("threads", "N", "Threads", IntegerValue(&threads_, 1, 64));
    options_.Add("sync", "", "Flushes before it answers", SwitchValue(&sync_));
    options_.Group("Cluster", "cluster");
    options_.Add("cluster-secret", "FILE", "The cluster's secret", SecretValue(&secret_)).key =
        "secret";
    std::string pattern = (std::filesystem::temp_directory_path() / "options-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~OptionSetTest() override { std::filesystem::remove_all(directory_); }

  std::string Write(const std::string& name, const std::string& content) {
    const std::string path = directory_ + "/" + name;
    std::ofstream(path) << content;
    return path;
  }
  absl::Status Parse(const std::vector<std::string>& arguments, const Environment& variables = {}) {
    const auto outcome = options_.Parse(arguments, variables);
    if (outcome.ok()) EXPECT_EQ(*outcome, OptionSet::Outcome::kRun);
    return outcome.status();
  }
  std::string Why(const std::vector<std::string>& arguments, const Environment& variables = {}) {
    return std::string(Parse(arguments, variables).message());
  }
  std::string WhyFile(const std::string& content) {
    return Why({"--config", Write("trebol.toml", content)});
  }

  std::string data_ = "./data";
  Endpoint listen_ = {"127.0.0.1", 9200};
  std::vector<Endpoint> metadata_ = {{"127.0.0.1", 9300}};
  std::vector<std::string> labels_;
  uint64_t cache_ = 64 << 20;
  absl::Duration timeout_ = absl::Seconds(10);
  double weight_ = 1;
  uint32_t threads_ = 4;
  bool sync_ = false;
  std::string secret_;
  OptionSet options_;
  std::string directory_;
};

TEST_F(OptionSetTest, KeepsDefaultsWhenNothingIsSet) {
  ASSERT_TRUE(Parse({}).ok());
  EXPECT_EQ(data_, "./data");
  EXPECT_EQ(listen_, (Endpoint{"127.0.0.1", 9200}));
  EXPECT_THAT(metadata_, ElementsAre(Endpoint{"127.0.0.1", 9300}));
}

TEST_F(OptionSetTest, ReadsEveryKindFromFlags) {
  ASSERT_TRUE(Parse({"--data", "/d", "--listen=[::1]:0", "--metadata", "a:1,b:2", "--metadata=c:3",
                     "--cache-size", "1GiB", "--timeout", "2m", "--weight", "2.5", "--threads", "8",
                     "--sync"})
                  .ok());
  EXPECT_EQ(data_, "/d");
  EXPECT_EQ(listen_, (Endpoint{"::1", 0}));
  EXPECT_THAT(metadata_, ElementsAre(Endpoint{"a", 1}, Endpoint{"b", 2}, Endpoint{"c", 3}));
  EXPECT_EQ(cache_, 1u << 30);
  EXPECT_EQ(timeout_, absl::Minutes(2));
  EXPECT_EQ(weight_, 2.5);
  EXPECT_EQ(threads_, 8u);
  EXPECT_TRUE(sync_);
}

TEST_F(OptionSetTest, ReadsSwitchesInEveryForm) {
  for (const char* yes : {"--sync", "--sync=true", "--sync=yes", "--sync=on", "--sync=1"}) {
    sync_ = false;
    EXPECT_EQ(Why({yes}), "");
    EXPECT_TRUE(sync_) << yes;
  }
  for (const char* no : {"--sync=false", "--sync=no", "--sync=off", "--sync=0"}) {
    sync_ = true;
    EXPECT_EQ(Why({no}), "");
    EXPECT_FALSE(sync_) << no;
  }
}

TEST_F(OptionSetTest, FlagWinsOverEnvironmentOverFile) {
  const std::string file = Write("trebol.toml",
                                 "[storage]\ndata = 'file'\ncache_size = '1KiB'\nthreads = 2\n"
                                 "labels = ['a', 'b']\nsync = true\n");
  const Environment variables = {{"TREBOL_STORAGE_DATA", "variable"},
                                 {"TREBOL_STORAGE_CACHE_SIZE", "2KiB"},
                                 {"TREBOL_STORAGE_TIMEOUT", ""},
                                 {"PATH", "/bin"}};
  ASSERT_TRUE(Parse({"--config", file, "--data", "flag", "--sync=false"}, variables).ok());
  EXPECT_EQ(data_, "flag");
  EXPECT_EQ(cache_, 2048u);
  EXPECT_EQ(threads_, 2u);
  EXPECT_THAT(labels_, ElementsAre("a", "b"));
  EXPECT_FALSE(sync_);
  EXPECT_EQ(timeout_, absl::Seconds(10));  // an empty variable says nothing
}

TEST_F(OptionSetTest, TheFileMayBeNamedByAVariable) {
  const std::string file = Write("trebol.toml", "[storage]\ndata = 'file'\n");
  ASSERT_TRUE(Parse({}, {{"TREBOL_CONFIG", file}}).ok());
  EXPECT_EQ(data_, "file");
}

TEST_F(OptionSetTest, NamesTheNearestOfWhatItDoesNotKnow) {
  EXPECT_THAT(Why({"--lisen", "a:1"}),
              HasSubstr("there is no option --lisen; did you mean --listen?"));
  EXPECT_THAT(Why({"--lisen=a:1"}), HasSubstr("--lisen; did you mean --listen?"));
  EXPECT_THAT(Why({"-x"}), HasSubstr("there is no option -x"));
  EXPECT_THAT(Why({}, {{"TREBOL_STORAGE_DTA", "x"}}),
              HasSubstr("TREBOL_STORAGE_DTA is no setting of trebol-storage; did you mean "
                        "TREBOL_STORAGE_DATA?"));
  EXPECT_THAT(Why({}, {{"TREBOL_STROAGE_DATA", "x"}}), HasSubstr("mean TREBOL_STORAGE_DATA?"));
  EXPECT_THAT(WhyFile("[storage]\ndata='x'\n[storge]\n"),
              HasSubstr("trebol.toml:3: there is no section [storge]; did you mean storage?"));
  EXPECT_THAT(WhyFile("[storage]\ndta='x'\n"),
              HasSubstr("trebol.toml:2: [storage] has no key 'dta'; did you mean data?"));
  EXPECT_THAT(WhyFile("[storage]\ncache-size='1B'\n"), HasSubstr("did you mean cache_size?"));
}

TEST_F(OptionSetTest, LetsAloneWhatIsNotItsOwn) {
  const Environment variables = {{"TREBOL_ENDPOINT", "a:1"},
                                 {"TREBOL_PLANTED_DEFECT", "x"},
                                 {"TREBOL_TEST_SEED", "1"},
                                 {"TREBOL_GATEWAY_S3_LISTEN", "a:1"},
                                 {"TREBOL_STORAGE_SERVICE_HOST", "10.0.0.1"},
                                 {"TREBOL_STORAGE_SERVICE_PORT_GRPC", "9200"},
                                 {"TREBOL_STORAGE_PORT", "tcp://10.0.0.1:9200"},
                                 {"TREBOL_STORAGE_PORT_9200_TCP_ADDR", "10.0.0.1"}};
  EXPECT_EQ(Parse({}, variables), absl::OkStatus());
  EXPECT_EQ(WhyFile("[gateway]\nanything = 1\n"), "");
  EXPECT_THAT(Why({}, {{"TREBOL_STORAGE_PORT", "9200"}}), HasSubstr("is no setting"));
}

TEST_F(OptionSetTest, SaysWhichValueIsWrongAndWhereItWasSet) {
  EXPECT_THAT(Why({"--cache-size", "64Mib"}),
              AllOf(HasSubstr("--cache-size: '64Mib' is not accepted"), HasSubstr("64MiB")));
  EXPECT_THAT(Why({}, {{"TREBOL_STORAGE_TIMEOUT", "10"}}),
              AllOf(HasSubstr("TREBOL_STORAGE_TIMEOUT: --timeout: '10' is not accepted"),
                    HasSubstr("10s")));
  EXPECT_THAT(WhyFile("[storage]\n\nthreads = 65\n"),
              AllOf(HasSubstr("trebol.toml:3: --threads: '65' is not accepted"),
                    HasSubstr("from 1 to 64")));
  EXPECT_THAT(Why({"--metadata", "a:1,b"}), HasSubstr("--metadata: 'b' is not accepted"));
  EXPECT_THAT(WhyFile("[storage]\ndata = ['a', 'b']\n"), HasSubstr("is given 2 values"));
  EXPECT_THAT(Why({"--data", "a", "--data", "b"}), HasSubstr("--data is given 2 values"));
  EXPECT_EQ(Why({"--data"}), "--data needs a value");
  EXPECT_THAT(Why({"--sync=maybe"}), HasSubstr("--sync: 'maybe' is not accepted"));
  EXPECT_THAT(Why({"--config", directory_ + "/none"}), HasSubstr("none' cannot be read"));
  EXPECT_THAT(Why({"--config", "a", "--config", "b"}), HasSubstr("--config is given twice"));
}

TEST_F(OptionSetTest, ReadsSecretsFromFiles) {
  const std::string file = Write("secret", "s3cret\n");
  ASSERT_TRUE(Parse({"--cluster-secret-file", file}).ok());
  EXPECT_EQ(secret_, "s3cret");
  ASSERT_TRUE(Parse({}, {{"TREBOL_CLUSTER_SECRET", "direct"}}).ok());
  EXPECT_EQ(secret_, "direct");
  ASSERT_TRUE(Parse({}, {{"TREBOL_CLUSTER_SECRET_FILE", file}}).ok());
  EXPECT_EQ(secret_, "s3cret");
  ASSERT_EQ(WhyFile("[cluster]\nsecret_file = '" + Write("other", "other") + "'\n"), "");
  EXPECT_EQ(secret_, "other");
}

TEST_F(OptionSetTest, SaysWhatIsWrongWithASecretButNotTheSecret) {
  const std::string file = Write("secret", "s3cret\n");
  EXPECT_THAT(Why({}, {{"TREBOL_CLUSTER_SECRET", "s3cret"}, {"TREBOL_CLUSTER_SECRET_FILE", file}}),
              AllOf(HasSubstr("set the same secret"), Not(HasSubstr("s3cret"))));
  EXPECT_THAT(Why({"--cluster-secret-file", directory_ + "/none"}),
              AllOf(HasSubstr("--cluster-secret-file"), HasSubstr("none' cannot be read")));
  EXPECT_THAT(Why({"--cluster-secret-file", Write("empty", "\n")}), HasSubstr("is empty"));
  EXPECT_THAT(Why({"--cluster-secret", "s3cret"}), HasSubstr("mean --cluster-secret-file?"));
}

TEST_F(OptionSetTest, MissesWhatIsRequired) {
  std::string needed;
  options_.Add("needed", "THING", "Cannot do without", TextValue(&needed)).required = true;
  EXPECT_EQ(Why({}), "--needed THING is missing (or TREBOL_CLUSTER_NEEDED): Cannot do without");
  EXPECT_EQ(Why({}, {{"TREBOL_CLUSTER_NEEDED", "x"}}), "");
}

TEST_F(OptionSetTest, TakesPositionalsOnlyIfDeclared) {
  EXPECT_THAT(Why({"stray"}), HasSubstr("'stray' is one argument too many; options begin with --"));
  std::vector<std::string> directories;
  options_.Positionals("DIR", "Where data goes", 1, 2, &directories);
  EXPECT_THAT(Why({}), HasSubstr("DIR is missing: Where data goes"));
  EXPECT_EQ(Why({"a", "--sync", "--", "--b"}), "");
  EXPECT_THAT(directories, ElementsAre("a", "--b"));
  EXPECT_THAT(Why({"a", "b", "c"}), HasSubstr("'c' is one argument too many"));
}

TEST_F(OptionSetTest, NeverStumblesOverArguments) {
  for (const char* text : {"",
                           "-",
                           "--",
                           "---",
                           "=",
                           "--=",
                           "--=x",
                           "-=",
                           "--data=",
                           "--sync=",
                           "--sync==",
                           "--help=x",
                           "-1",
                           "--1",
                           "-sync",
                           "--sync--",
                           "{}",
                           "[",
                           "--config=",
                           "--weight=-1",
                           "--weight=1e999",
                           "--threads=99999999999999999999",
                           "--version=no",
                           "\xff",
                           "--\xff"}) {
    (void)options_.Parse({text}, {}).ok();
    (void)options_.Parse({"--data", text}, {}).ok();
    (void)options_.Parse({text, text}, {}).ok();
  }
}

TEST_F(OptionSetTest, AnswersHelpAndVersionBeforeItJudges) {
  EXPECT_EQ(options_.Parse({"--help"}, {{"TREBOL_NONSENSE", "x"}}).value(),
            OptionSet::Outcome::kHelp);
  EXPECT_EQ(options_.Parse({"--version"}, {}).value(), OptionSet::Outcome::kVersion);
}

TEST_F(OptionSetTest, HelpTellsANewcomerEverything) {
  const std::string help = options_.Help();
  EXPECT_THAT(help, HasSubstr("Usage: trebol-storage --data DIR [OPTIONS]\n\nKeeps chunks"));
  EXPECT_THAT(help, HasSubstr("Examples:\n  trebol-storage --data /srv/1\n"));
  EXPECT_THAT(help, HasSubstr("\nStorage node:\n  --data DIR "));
  EXPECT_THAT(help, HasSubstr("[default 127.0.0.1:9200, env TREBOL_STORAGE_LISTEN]"));
  EXPECT_THAT(help, HasSubstr("--cluster-secret-file FILE"));
  EXPECT_THAT(help, HasSubstr("env TREBOL_CLUSTER_SECRET[_FILE]"));
  EXPECT_THAT(help, HasSubstr("data = \"…\" under [storage]"));
  EXPECT_THAT(help, HasSubstr("default 64MiB"));
}

TEST_F(OptionSetTest, MainGetsItsExitCode) {
  const auto run = [&](std::vector<const char*> argv) {
    argv.insert(argv.begin(), "trebol-storage");
    return options_.ParseOrExitCode(static_cast<int>(argv.size()), argv.data());
  };
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(run({"--version"}), 0);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "trebol-storage 0.1.0\n");
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(run({"--lisen"}), 2);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              HasSubstr("trebol-storage: there is no option --lisen"));
  EXPECT_EQ(run({}), std::nullopt);
}

}  // namespace
}  // namespace trebol
