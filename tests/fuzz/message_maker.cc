#include "tests/fuzz/message_maker.h"

#include <algorithm>
#include <limits>

#include "common/base/check.h"

namespace trebol {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kMostKnown = 8;  // of a name; the newest

template <typename Value>
void Remember(const Value& value, std::vector<Value>* known) {
  if (std::find(known->begin(), known->end(), value) != known->end()) return;
  if (known->size() == kMostKnown) known->erase(known->begin());
  known->push_back(value);
}

// Of these an id is only whole.
bool IsWhole(const FieldDescriptor* field) {
  return field->message_type()->full_name() == "trebol.v1.VersionId";
}

}  // namespace

uint8_t FuzzInput::Byte() {
  if (rest_.empty()) return 0;
  const char byte = rest_.front();
  rest_.remove_prefix(1);
  return static_cast<uint8_t>(byte);
}

uint64_t FuzzInput::Number() {
  uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | Byte();
  return number;
}

std::string FuzzInput::Bytes(size_t most) {
  const size_t size = std::min<size_t>({Byte(), most, rest_.size()});
  std::string bytes(rest_.substr(0, size));
  rest_.remove_prefix(size);
  return bytes;
}

void MessageMaker::Know(const std::string& field, const std::string& value) {
  Remember(value, &texts_[field]);
}

void MessageMaker::Know(const std::string& field, uint64_t value) {
  Remember(value, &numbers_[field]);
}

std::string MessageMaker::NameOf(const FieldDescriptor* field) const {
  const auto alias = aliases_.find(field->name());
  return alias == aliases_.end() ? field->name() : alias->second;
}

bool MessageMaker::IsSet(const FieldDescriptor* field, uint8_t choice) const {
  auto eighths = eighths_.find(field->full_name());
  if (eighths == eighths_.end()) eighths = eighths_.find(field->name());
  return choice % 8 >= 8 - (eighths == eighths_.end() ? 6 : eighths->second);
}

std::string MessageMaker::Text(const FieldDescriptor* field) {
  const auto& known = texts_[NameOf(field)];
  const uint8_t choice = input_.Byte();
  if (choice % 32 == 31) return std::string(input_.Number() % 3000, 'x');
  if (choice % 32 == 30 || known.empty()) {
    std::string text = input_.Bytes(64);
    // The wire refuses strings that are not UTF-8.
    if (field->type() == FieldDescriptor::TYPE_STRING) {
      for (char& c : text) c &= 0x7F;
    }
    return text;
  }
  return known[choice % known.size()];
}

uint64_t MessageMaker::Integer(const FieldDescriptor* field) {
  const auto most = limits_.find(field->name());
  const uint64_t number = AnyInteger(field);
  return most == limits_.end() ? number : std::min(number, most->second);
}

uint64_t MessageMaker::AnyInteger(const FieldDescriptor* field) {
  const std::string name = NameOf(field);
  const uint8_t choice = input_.Byte();
  if (counting_.contains(name) && choice % 4 != 3) return ++counters_[name];
  const auto& known = numbers_[name];
  if (choice % 32 == 31) return input_.Number();
  if (choice % 32 == 30 || known.empty()) return choice / 8;
  return known[choice % known.size()];
}

void MessageMaker::Fill(Message* message) {
  const auto* descriptor = message->GetDescriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    const uint8_t choice = input_.Byte();
    if (field->is_repeated()) {
      if (!IsSet(field, choice)) continue;
      for (int n = 1 + choice / 8 % 3; n > 0; --n) Set(message, field);
    } else if (IsSet(field, choice)) {
      Set(message, field);
    }
  }
}

void MessageMaker::Set(Message* message, const FieldDescriptor* field) {
  const Reflection& to = *message->GetReflection();
  const bool many = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      Message* part = many ? to.AddMessage(message, field) : to.MutableMessage(message, field);
      const auto& known = messages_[NameOf(field)];
      const bool is_new =
          known.empty() || (input_.Byte() % 8 == 7) != counting_.contains(NameOf(field));
      if (!IsWhole(field) || is_new) return Fill(part);
      TREBOL_CHECK(part->ParseFromString(known[input_.Byte() % known.size()]));
      return;
    }
    case FieldDescriptor::CPPTYPE_STRING:
      return many ? to.AddString(message, field, Text(field))
                  : to.SetString(message, field, Text(field));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int value = static_cast<int8_t>(input_.Byte()) % 9;
      return many ? to.AddEnumValue(message, field, value) : to.SetEnumValue(message, field, value);
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return to.SetBool(message, field, input_.Byte() % 2 == 1);
    case FieldDescriptor::CPPTYPE_UINT32: {
      const auto value = static_cast<uint32_t>(Integer(field));
      return many ? to.AddUInt32(message, field, value) : to.SetUInt32(message, field, value);
    }
    case FieldDescriptor::CPPTYPE_UINT64:
      return many ? to.AddUInt64(message, field, Integer(field))
                  : to.SetUInt64(message, field, Integer(field));
    case FieldDescriptor::CPPTYPE_INT32:
      return to.SetInt32(message, field, static_cast<int32_t>(Integer(field)));
    case FieldDescriptor::CPPTYPE_INT64:
      return to.SetInt64(message, field, static_cast<int64_t>(Integer(field)));
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      constexpr double kInfinity = std::numeric_limits<double>::infinity();
      constexpr double kValues[] = {
          0, 1, 2.5, -1, 1e300, kInfinity, -kInfinity, std::numeric_limits<double>::quiet_NaN()};
      return to.SetDouble(message, field, kValues[input_.Byte() % std::size(kValues)]);
    }
    default:
      return;
  }
}

void MessageMaker::Learn(const Message& message) {
  const Reflection& from = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  from.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string name = NameOf(field);
    const int count = field->is_repeated() ? from.FieldSize(message, field) : 1;
    for (int i = 0; i < count && i < static_cast<int>(kMostKnown); ++i) {
      const bool many = field->is_repeated();
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        const Message& part =
            many ? from.GetRepeatedMessage(message, field, i) : from.GetMessage(message, field);
        if (IsWhole(field)) Remember(part.SerializeAsString(), &messages_[name]);
        Learn(part);
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        Know(name,
             many ? from.GetRepeatedString(message, field, i) : from.GetString(message, field));
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_UINT64 && !many) {
        Know(name, from.GetUInt64(message, field));
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_UINT32 && !many) {
        Know(name, from.GetUInt32(message, field));
      }
    }
  }
}

}  // namespace trebol
