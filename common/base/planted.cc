#include "common/base/planted.h"

#ifdef TREBOL_PLANTED_DEFECTS

#include <cstdlib>

namespace trebol {

bool Planted(absl::string_view defect) {
  const char* planted = std::getenv("TREBOL_PLANTED_DEFECT");
  return planted != nullptr && defect == planted;
}

}  // namespace trebol

#endif
