#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol::testing {

/// A gateway in this process: the public services over a std::map, on a loopback port of its own.
/// It takes instructions on what to do wrong. Thread-safe; calls end with the object.
class FakeGateway {
 public:
  FakeGateway();
  ~FakeGateway();

  std::string endpoint() const;  // 127.0.0.1:PORT
  /// Ends all calls and closes the port.
  void Stop();

  // What is stored, past the wire.
  void AddBucket(const std::string& bucket);
  void AddObject(const std::string& bucket, const std::string& key, const std::string& data);
  bool HasBucket(const std::string& bucket) const;
  bool HasObject(const std::string& bucket, const std::string& key) const;
  std::string DataOf(const std::string& bucket,
                     const std::string& key) const;  // "" if there is none
  std::string ContentTypeOf(const std::string& bucket, const std::string& key) const;
  std::map<std::string, std::string> MetadataOf(const std::string& bucket,
                                                const std::string& key) const;
  std::vector<std::string> Keys(const std::string& bucket) const;
  void SetStatus(const v1::ClusterStatus& status);

  // What goes wrong.
  /// The next `times` calls, of any kind, fail so before they do anything.
  void FailNext(int times, const absl::Status& status);
  /// Every get of this key ends with UNAVAILABLE after `bytes` bytes of its stream, `times` times.
  void BreakGetsAfter(uint64_t bytes, int times);
  /// A bit of the bytes that gets send is flipped.
  void CorruptGets();
  /// Puts answer a CRC32C that is not that of the body.
  void CorruptPutAnswers();
  /// Gets send nothing after the first message, until they are cancelled.
  void HangGets();

  // What was seen.
  int calls() const;
  size_t largest_message() const;  // bytes of payload in a message of a put

 private:
  class Service;
  std::unique_ptr<Service> service_;
};

}  // namespace trebol::testing
