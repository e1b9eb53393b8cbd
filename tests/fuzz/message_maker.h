#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace trebol {

/// A fuzzer's input, taken byte by byte; zeros after its end.
class FuzzInput {
 public:
  explicit FuzzInput(absl::string_view bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }
  uint8_t Byte();
  uint64_t Number();  // eight bytes
  std::string Bytes(size_t most);
  absl::string_view rest() const { return rest_; }

 private:
  absl::string_view rest_;
};

/// Makes messages of a kind from a fuzzer's input, field by field. Values are mostly such as
/// earlier answers had in fields of that name, so that messages name what is there; some are
/// anything. The end of the input, zeros, makes messages of what is there and of nothing else.
class MessageMaker {
 public:
  explicit MessageMaker(FuzzInput* input) : input_(*input) {}

  /// A value that fields of this name may have.
  void Know(const std::string& field, const std::string& value);
  void Know(const std::string& field, uint64_t value);
  /// Fields of this name mostly get a number that none had.
  void CountUp(const std::string& field) { counting_.insert(field); }
  /// Fields of the one name have values of the other.
  void Alias(const std::string& field, const std::string& of) { aliases_[field] = of; }
  /// Fields of this name, or of this full name, are set so many times out of eight; 6 unless said.
  void SetOften(const std::string& field, int eighths) { eighths_[field] = eighths; }

  /// Numbers of this name are no greater.
  void Limit(const std::string& field, uint64_t most) { limits_[field] = most; }

  void Fill(google::protobuf::Message* message);
  /// Knows what an answer says.
  void Learn(const google::protobuf::Message& message);

 private:
  void Set(google::protobuf::Message* message, const google::protobuf::FieldDescriptor* field);
  std::string Text(const google::protobuf::FieldDescriptor* field);
  uint64_t Integer(const google::protobuf::FieldDescriptor* field);
  uint64_t AnyInteger(const google::protobuf::FieldDescriptor* field);
  bool IsSet(const google::protobuf::FieldDescriptor* field, uint8_t choice) const;
  std::string NameOf(const google::protobuf::FieldDescriptor* field) const;

  FuzzInput& input_;
  std::map<std::string, std::vector<std::string>> texts_;
  std::map<std::string, std::vector<uint64_t>> numbers_;
  std::map<std::string, std::vector<std::string>> messages_;  // serialised
  std::map<std::string, std::string> aliases_;
  std::map<std::string, int> eighths_;
  std::map<std::string, uint64_t> limits_;
  std::set<std::string> counting_;
  std::map<std::string, uint64_t> counters_;
};

}  // namespace trebol
