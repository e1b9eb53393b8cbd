#pragma once

#include <map>
#include <string>

namespace trebol {

/// How often calls of each kind succeeded, over all inputs of a run. Told when the process ends;
/// a run in which one kind never did, though it was tried often, has shown little and fails.
class Score {
 public:
  ~Score();
  void Count(const std::string& kind, bool succeeded);

 private:
  struct Tries {
    int all = 0;
    int good = 0;
  };
  std::map<std::string, Tries> kinds_;
};

}  // namespace trebol
