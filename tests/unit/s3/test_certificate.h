#pragma once

#include <string>

namespace trebol {

/// A key and a certificate for "localhost" that it signed itself, valid for an hour.
struct TestCertificate {
  std::string certificate;  // PEM
  std::string key;          // PEM

  /// `name` is its subject, by which tests tell two apart.
  static TestCertificate Make(const std::string& name);
};

}  // namespace trebol
