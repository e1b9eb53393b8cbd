#include "tests/fuzz/message_maker.h"

#include <algorithm>

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
bool IsWhole(const std::string& type) { return type == "trebol.v1.VersionId"; }

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

std::string MessageMaker::Text(const FieldDescriptor* field) {
  const auto& known = texts_[NameOf(field)];
  const uint8_t choice = input_.Byte();
  if (choice % 8 == 7) return std::string(input_.Number() % 3000, 'x');
  if (choice % 8 == 6 || known.empty()) {
    std::string text = input_.Bytes(64);
    // The wire refuses strings that are not UTF-8.
    if (field->type() == FieldDescriptor::TYPE_STRING) {
      for (char& c : text) c &= 0x7F;
    }
    return text;
  }
  return known[choice / 8 % known.size()];
}

uint64_t MessageMaker::Integer(const FieldDescriptor* field) {
  const std::string name = NameOf(field);
  const uint8_t choice = input_.Byte();
  if (counting_.contains(name) && choice % 4 != 0) return ++counters_[name];
  const auto& known = numbers_[name];
  if (choice % 8 == 7) return input_.Number();
  if (choice % 8 == 6 || known.empty()) return choice / 8;
  return known[choice / 8 % known.size()];
}

void MessageMaker::Fill(Message* message) {
  const auto* descriptor = message->GetDescriptor();
  const auto& whole = messages_[descriptor->full_name()];
  if (!whole.empty() && input_.Byte() % 4 != 0) {
    message->ParseFromString(whole[input_.Byte() % whole.size()]);
    return;
  }
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor* field = descriptor->field(i);
    const uint8_t choice = input_.Byte();
    if (field->is_repeated()) {
      for (int n = choice % 4; n > 0; --n) Set(message, field);
    } else if (choice % 4 != 0) {
      Set(message, field);
    }
  }
}

void MessageMaker::Set(Message* message, const FieldDescriptor* field) {
  const Reflection& to = *message->GetReflection();
  const bool many = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Fill(many ? to.AddMessage(message, field) : to.MutableMessage(message, field));
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
    default:
      return;
  }
}

void MessageMaker::Learn(const Message& message) {
  const Reflection& from = *message.GetReflection();
  if (const std::string& type = message.GetDescriptor()->full_name(); IsWhole(type)) {
    Remember(message.SerializeAsString(), &messages_[type]);
  }
  std::vector<const FieldDescriptor*> fields;
  from.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string name = NameOf(field);
    const int count = field->is_repeated() ? from.FieldSize(message, field) : 1;
    for (int i = 0; i < count && i < static_cast<int>(kMostKnown); ++i) {
      const bool many = field->is_repeated();
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Learn(many ? from.GetRepeatedMessage(message, field, i) : from.GetMessage(message, field));
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
