#include "common/config/access_pair.h"

#include "common/base/random.h"

namespace trebol {
namespace {

constexpr char kIdCharacters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr char kSecretCharacters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr int kIdSize = 20;
constexpr int kSecretSize = 40;

}  // namespace

AccessPair NewAccessPair() {
  return {.id = RandomText(kIdSize, kIdCharacters),
          .secret = RandomText(kSecretSize, kSecretCharacters)};
}

}  // namespace trebol
