#pragma once

#include "absl/types/span.h"

namespace trebol {

/// A guard that the sanitizer build can be told to leave out (common/base/planted.h), and the test
/// that must notice it.
struct PlantedDefect {
  const char* name;         // what TREBOL_PLANTED_DEFECT chooses
  const char* group;        // of the hazards
  const char* hazard;       // that the guard stands against
  const char* program;      // in BUILD/tests
  const char* filter;       // of its cases, as GoogleTest takes it
  const char* says;         // part of a line that it prints with the defect
  const char* environment;  // "NAME=VALUE" for a test that takes its bounds from there, or ""
};

absl::Span<const PlantedDefect> PlantedDefects();

}  // namespace trebol
