#pragma once

#include <string>
#include <vector>

#include "cli/console.h"

namespace trebol::cli {

// One function a verb, each in a file of its name. Takes what follows the verb; failures are
// reported to the console, whose Finish() knows the exit code.
using Arguments = std::vector<std::string>;

void BucketAnonymous(const Arguments& arguments, Console& console);
void BucketGrant(const Arguments& arguments, Console& console);
void BucketQuota(const Arguments& arguments, Console& console);
void BucketRevoke(const Arguments& arguments, Console& console);
void BucketTag(const Arguments& arguments, Console& console);
void BucketVersioning(const Arguments& arguments, Console& console);
void Cat(const Arguments& arguments, Console& console);
void ClusterStatusVerb(const Arguments& arguments, Console& console);
void Completion(const Arguments& arguments, Console& console);
void Cp(const Arguments& arguments, Console& console);
void Du(const Arguments& arguments, Console& console);
void Health(const Arguments& arguments, Console& console);
void JobCancel(const Arguments& arguments, Console& console);
void JobLs(const Arguments& arguments, Console& console);
void JobPause(const Arguments& arguments, Console& console);
void JobResume(const Arguments& arguments, Console& console);
void JobStart(const Arguments& arguments, Console& console);
void KeyCreate(const Arguments& arguments, Console& console);
void KeyImport(const Arguments& arguments, Console& console);
void KeyLs(const Arguments& arguments, Console& console);
void KeyRm(const Arguments& arguments, Console& console);
void Ls(const Arguments& arguments, Console& console);
void Mb(const Arguments& arguments, Console& console);
void Mv(const Arguments& arguments, Console& console);
void NodeAdd(const Arguments& arguments, Console& console);
void NodeDrain(const Arguments& arguments, Console& console);
void NodeLs(const Arguments& arguments, Console& console);
void NodeRemove(const Arguments& arguments, Console& console);
void NodeReplace(const Arguments& arguments, Console& console);
void ObjectExplain(const Arguments& arguments, Console& console);
void PresignVerb(const Arguments& arguments, Console& console);
void Rb(const Arguments& arguments, Console& console);
void Rm(const Arguments& arguments, Console& console);
void Stat(const Arguments& arguments, Console& console);
void Sync(const Arguments& arguments, Console& console);
void Tag(const Arguments& arguments, Console& console);

/// Of all verbs, one word or two.
std::vector<std::string> VerbNames();

}  // namespace trebol::cli
