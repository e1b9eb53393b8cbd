#include "cli/copy_plan.h"

#include <sys/stat.h>

#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/human.h"
#include "cli/local_tree.h"
#include "cli/path_mapping.h"
#include "cli/remote_tree.h"
#include "common/base/error.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"

namespace trebol::cli {
namespace {

bool IsDirectory(const std::string& path) {
  struct stat about;
  return stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
}

absl::StatusOr<Place> ParsePlace(const std::string& text) {
  if (text == "-") return StandardStream();
  if (LooksLikeUrl(text)) return ParseUrl(text);
  if (text.empty()) return absl::InvalidArgumentError("an empty name is neither file nor object");
  return LocalPath{.root = text};
}

bool IsRemote(const Place& place) { return std::holds_alternative<ObjectUrl>(place); }
bool IsStream(const Place& place) { return std::holds_alternative<StandardStream>(place); }

class Planner {
 public:
  Planner(const client::Client& client, Place destination, const PlanOptions& options,
          Console& console)
      : client_(client),
        destination_(std::move(destination)),
        recursive_(options.recursive),
        options_(options),
        console_(console) {}

  CopyPlan Plan(const std::vector<std::string>& sources) {
    std::vector<Place> places;
    for (const std::string& text : sources) {
      const auto place = ParsePlace(text);
      if (!place.ok()) return Usage(place.status().message());
      if (const std::string mistake = MistakeIn(*place, sources.size() > 1); !mistake.empty()) {
        return Usage(mistake);
      }
      places.push_back(*place);
    }
    if (recursive_ && IsRemote(destination_) && !CheckBucket()) return std::move(plan_);
    for (const Place& place : places) {
      if (const auto* path = std::get_if<LocalPath>(&place)) {
        AddLocal(path->root);
      } else if (const auto* url = std::get_if<ObjectUrl>(&place)) {
        AddRemote(*url);
      } else {
        plan_.items.push_back({place, destination_, 0, /*size_known=*/false});
      }
      if (plan_.bad_usage) break;
    }
    return std::move(plan_);
  }

 private:
  CopyPlan Usage(absl::string_view message) {
    console_.Usage(message);
    plan_.items.clear();
    plan_.bad_usage = true;
    return plan_;
  }

  /// What is wrong with copying `source` to the destination at all; empty if nothing is.
  std::string MistakeIn(const Place& source, bool several) const {
    const bool into_stream = IsStream(destination_);
    if (!IsRemote(source) && !IsRemote(destination_)) {
      return absl::StrCat("neither ", Describe(source), " nor ", Describe(destination_),
                          " is an object, trebol://BUCKET/KEY; for files alone there is cp");
    }
    if ((IsStream(source) || into_stream) && (recursive_ || several)) {
      return "- stands for one stream; it goes with one source and without -r";
    }
    if (IsStream(source) && DestinationIsFolder()) {
      return absl::StrCat("standard input has no name; write the whole key after ",
                          Describe(destination_));
    }
    if (several && !recursive_ && !DestinationIsFolder()) {
      return absl::StrCat("several sources need a destination that ends in '/', not ",
                          Describe(destination_));
    }
    const auto* url = std::get_if<ObjectUrl>(&source);
    if (url == nullptr || recursive_) return "";
    if (url->key.empty()) {
      return absl::StrCat(Describe(source), " is not one object; add -r for everything below it");
    }
    if (url->ends_in_slash && DestinationIsFolder()) {
      return absl::StrCat(Describe(source),
                          " has no name to keep; add -r for everything below it, or give the copy "
                          "of the one object of this key a whole name");
    }
    return "";
  }

  /// Whether single files keep their names below the destination.
  bool DestinationIsFolder() const {
    if (const auto* url = std::get_if<ObjectUrl>(&destination_)) {
      return url->key.empty() || url->ends_in_slash;
    }
    const auto* path = std::get_if<LocalPath>(&destination_);
    return path != nullptr && (absl::EndsWith(path->root, "/") || IsDirectory(path->root));
  }

  /// Better once than for every file.
  bool CheckBucket() {
    const std::string& bucket = std::get<ObjectUrl>(destination_).bucket;
    const absl::Status status = client_.HeadBucket(bucket).status();
    if (!status.ok()) console_.Fail(absl::StrCat(kUrlScheme, bucket), status);
    return status.ok();
  }

  void AddLocal(const std::string& path) {
    struct stat about;
    if (stat(path.c_str(), &about) != 0) {
      return console_.Fail(Printable(path), StatError(path, errno));
    }
    if (S_ISDIR(about.st_mode)) {
      if (!recursive_) {
        Usage(absl::StrCat(Printable(path), " is a directory; add -r to copy what is in it"));
        return;
      }
      return AddLocalTree(path);
    }
    if (!S_ISREG(about.st_mode)) {
      return console_.Fail(Printable(path),
                           absl::FailedPreconditionError(
                               "is not a regular file (a pipe, socket or device); '-' reads "
                               "standard input"));
    }
    const std::string name = BaseName(path);
    if (!IsValidUtf8(name) && (recursive_ || DestinationIsFolder())) {
      return console_.Fail(
          Printable(path),
          absl::InvalidArgumentError("the name is not UTF-8, as keys are; rename it to copy it"));
    }
    AddOne(LocalPath{.root = path}, name, static_cast<uint64_t>(about.st_size));
  }

  void AddLocalTree(const std::string& path) {
    const std::string top = absl::EndsWith(path, "/") ? "" : BaseName(path);
    LocalTreeVisitor visitor;
    visitor.follow_directories = options_.follow_directories;
    visitor.file = [&](LocalFile file) {
      Add(LocalPath{.root = std::move(file.path)}, Join(top, file.relative), file.size);
    };
    visitor.left_out = [&](const std::string& left_out, const absl::Status& why) {
      console_.Fail(Printable(left_out), why);
    };
    if (!IsValidUtf8(top)) {
      return visitor.left_out(
          path,
          absl::InvalidArgumentError("the name is not UTF-8, as keys are; rename it to copy it"));
    }
    WalkLocalTree(path, visitor);
  }

  void AddRemote(const ObjectUrl& url) {
    if (recursive_) return AddRemoteTree(url);
    const auto object = client_.HeadObject(url.bucket, url.key, {.version = options_.version});
    if (url.ends_in_slash && ReasonOf(object.status()) == v1::OBJECT_NOT_FOUND) {
      return console_.Fail(Printable(url.ToString()),
                           MakeError(absl::StatusCode::kNotFound, v1::OBJECT_NOT_FOUND,
                                     "there is no such object; add -r for everything below it"));
    }
    if (!object.ok()) return console_.Fail(Printable(url.ToString()), object.status());
    AddOne(url, BaseName(url.key), object->size);
  }

  void AddRemoteTree(const ObjectUrl& url) {
    const std::string top =
        url.ends_in_slash ? "" : BaseName(url.key.empty() ? url.bucket : url.key);
    const absl::Status status =
        ForEachBelow(client_, url, [&](const std::vector<client::ObjectInfo>& objects) {
          for (const client::ObjectInfo& object : objects) AddBelow(url, top, object);
          return console_.environment().stop.stop_requested() ? absl::CancelledError("stopped")
                                                              : absl::OkStatus();
        });
    if (!status.ok()) console_.Fail(Printable(url.ToString()), status);
  }

  void AddBelow(const ObjectUrl& url, const std::string& top, const client::ObjectInfo& object) {
    const ObjectUrl source{url.bucket, object.key, absl::EndsWith(object.key, "/")};
    if (object.key == url.key && !url.ends_in_slash) {
      return Add(source, top.empty() ? object.key : top, object.size);
    }
    std::string rest = object.key.substr(url.key.size());
    if (!url.ends_in_slash && !url.key.empty()) rest.erase(0, 1);  // its slash
    // "top" and what is below it are joined by hand: a key may go on with a slash of its own.
    const std::string name = top.empty() ? rest : absl::StrCat(top, "/", rest);
    if (source.ends_in_slash && !HasPlaceBelow(name)) return LeaveOut(source, object.size);
    Add(source, name, object.size);
  }

  /// Whether the destination can have the copy of a key that ends in a slash, called `name` there:
  /// a file cannot be called so, and no key is empty.
  bool HasPlaceBelow(const std::string& name) const {
    const auto* url = std::get_if<ObjectUrl>(&destination_);
    return url != nullptr && !(name.empty() && url->key.empty());
  }

  /// Other tools keep an empty object of such a key where they mean a folder. One with bytes is
  /// somebody's data.
  void LeaveOut(const ObjectUrl& source, uint64_t size) {
    const std::string name = Printable(source.ToString());
    if (size == 0) {
      plan_.skipped.push_back(absl::StrCat(name, ": skipped, it only marks a folder"));
      return;
    }
    console_.Fail(name, absl::InvalidArgumentError(absl::StrCat(
                            "nothing can be called so below ", Describe(destination_),
                            "; copy it by itself, without -r, and give the copy a whole name")));
  }

  /// `source` under its own name, or under that of the destination.
  void AddOne(Place source, const std::string& name, uint64_t size) {
    if (IsStream(destination_) || (!recursive_ && !DestinationIsFolder())) {
      plan_.items.push_back({std::move(source), destination_, size});
    } else {
      Add(std::move(source), name, size);
    }
  }

  void Add(Place source, const std::string& name, uint64_t size) {
    const auto place = Below(name);
    if (!place.ok()) return console_.Fail(Printable(Describe(source)), place.status());
    if (!taken_.insert(Describe(*place)).second) {
      return console_.Fail(Printable(Describe(source)),
                           absl::AlreadyExistsError(absl::StrCat(
                               Printable(Describe(*place)), " is already the copy of another")));
    }
    plan_.items.push_back({std::move(source), *place, size});
  }

  absl::StatusOr<Place> Below(const std::string& name) const {
    if (const auto* path = std::get_if<LocalPath>(&destination_)) {
      ASSIGN_OR_RETURN(std::string relative, PathForKey(name));
      return LocalPath{path->root, std::move(relative)};
    }
    const ObjectUrl& url = std::get<ObjectUrl>(destination_);
    ObjectUrl target{.bucket = url.bucket};
    target.key = url.key.empty()     ? name
                 : url.ends_in_slash ? absl::StrCat(url.key, name)
                                     : absl::StrCat(url.key, "/", name);
    RETURN_IF_ERROR(ValidateObjectKey(target.key));
    return target;
  }

  const client::Client& client_;
  const Place destination_;
  const bool recursive_;
  const PlanOptions& options_;
  Console& console_;
  std::set<std::string> taken_;
  CopyPlan plan_;
};

}  // namespace

std::string LocalPath::ToString() const { return Join(root, relative); }

std::string Describe(const Place& place) {
  if (const auto* path = std::get_if<LocalPath>(&place)) return path->ToString();
  if (const auto* url = std::get_if<ObjectUrl>(&place)) return url->ToString();
  return "-";
}

uint64_t CopyPlan::TotalBytes() const {
  uint64_t total = 0;
  for (const CopyItem& item : items) total += item.size;
  return total;
}

bool CopyPlan::TotalKnown() const {
  for (const CopyItem& item : items) {
    if (!item.size_known) return false;
  }
  return true;
}

CopyPlan PlanCopy(const client::Client& client, const std::vector<std::string>& sources,
                  const std::string& destination, const PlanOptions& options, Console& console) {
  auto place = ParsePlace(destination);
  if (!place.ok()) {
    console.Usage(place.status().message());
    CopyPlan plan;
    plan.bad_usage = true;
    return plan;
  }
  return Planner(client, *std::move(place), options, console).Plan(sources);
}

}  // namespace trebol::cli
