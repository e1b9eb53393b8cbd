#include "tests/unit/tree/api_reference.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace trebol {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using google::protobuf::SourceLocation;

constexpr absl::string_view kFiles[] = {"trebol/v1/object.proto", "trebol/v1/access.proto",
                                        "trebol/v1/admin.proto", "trebol/v1/error.proto"};

std::string OneLine(const std::string& comment) {
  std::vector<std::string> words;
  for (absl::string_view word : absl::StrSplit(comment, absl::ByAnyChar(" \n"))) {
    if (!word.empty()) words.emplace_back(word);
  }
  return absl::StrJoin(words, " ");
}

/// The comment before a thing and the one behind it on its line.
template <typename Thing>
std::string CommentOf(const Thing* thing) {
  SourceLocation location;
  if (!thing->GetSourceLocation(&location)) return "";
  return std::string(absl::StripAsciiWhitespace(
      absl::StrCat(OneLine(location.leading_comments), " ", OneLine(location.trailing_comments))));
}

std::string Anchor(const std::string& name) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(name), {{".", ""}});
}

std::string LocalName(const std::string& full_name) {
  return absl::StrReplaceAll(full_name, {{"trebol.v1.", ""}});
}

/// Of a message or an enum; what is described elsewhere is only named.
template <typename Type>
std::string Link(const Type* type) {
  const std::string name = LocalName(type->full_name());
  const bool here =
      std::find(std::begin(kFiles), std::end(kFiles), type->file()->name()) != std::end(kFiles);
  if (!here) return absl::StrCat("`", name, "`");
  return absl::StrCat("[`", name, "`](#", Anchor(name), ")");
}

std::string TypeOf(const FieldDescriptor* field) {
  if (field->is_map()) {
    const Descriptor* entry = field->message_type();
    return absl::StrCat("map of ", entry->field(0)->type_name(), " to ",
                        entry->field(1)->type_name());
  }
  std::string type = field->type_name();
  if (field->message_type() != nullptr) type = Link(field->message_type());
  if (field->enum_type() != nullptr) type = Link(field->enum_type());
  if (field->is_repeated()) return absl::StrCat("list of ", type);
  return field->has_optional_keyword() ? absl::StrCat(type, ", optional") : type;
}

void WriteEnum(const EnumDescriptor* of, std::string* out) {
  absl::StrAppend(out, "### ", LocalName(of->full_name()), "\n\n");
  const std::string comment = CommentOf(of);
  if (!comment.empty()) absl::StrAppend(out, comment, "\n\n");
  absl::StrAppend(out, "| value | number | |\n|---|---|---|\n");
  for (int i = 0; i < of->value_count(); ++i) {
    absl::StrAppend(out, "| `", of->value(i)->name(), "` | ", of->value(i)->number(), " | ",
                    CommentOf(of->value(i)), " |\n");
  }
  absl::StrAppend(out, "\n");
}

void WriteMessage(const Descriptor* message, std::string* out) {
  if (message->options().map_entry()) return;
  absl::StrAppend(out, "### ", LocalName(message->full_name()), "\n\n");
  const std::string comment = CommentOf(message);
  if (!comment.empty()) absl::StrAppend(out, comment, "\n\n");
  if (message->field_count() > 0) {
    absl::StrAppend(out, "| field | type | |\n|---|---|---|\n");
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor* field = message->field(i);
      absl::StrAppend(out, "| `", field->name(), "` = ", field->number(), " | ", TypeOf(field),
                      " | ", CommentOf(field), " |\n");
    }
    absl::StrAppend(out, "\n");
  }
  for (int i = 0; i < message->enum_type_count(); ++i) WriteEnum(message->enum_type(i), out);
  for (int i = 0; i < message->nested_type_count(); ++i) WriteMessage(message->nested_type(i), out);
}

void WriteService(const ServiceDescriptor* service, std::string* out) {
  absl::StrAppend(out, "## ", service->full_name(), "\n\n");
  const std::string comment = CommentOf(service);
  if (!comment.empty()) absl::StrAppend(out, comment, "\n\n");
  absl::StrAppend(out, "| method | takes | answers | |\n|---|---|---|---|\n");
  for (int i = 0; i < service->method_count(); ++i) {
    const MethodDescriptor* method = service->method(i);
    absl::StrAppend(out, "| `", method->name(), "` | ",
                    method->client_streaming() ? "a stream of " : "", Link(method->input_type()),
                    " | ", method->server_streaming() ? "a stream of " : "",
                    Link(method->output_type()), " | ", CommentOf(method), " |\n");
  }
  absl::StrAppend(out, "\n");
}

}  // namespace

std::string MakeApiReference(const google::protobuf::FileDescriptorSet& files) {
  google::protobuf::DescriptorPool pool;
  for (const google::protobuf::FileDescriptorProto& file : files.file()) {
    if (pool.BuildFile(file) == nullptr) return "";
  }
  std::string out =
      "# API reference\n\nMade from the comments in `proto/trebol/v1` by `./dev docs`; change it "
      "there. What is served by a gateway on its gRPC\nport (9100 by default), also through "
      "reflection (`grpcurl`). Times are UTC; keys and names are UTF-8.\n\n";
  for (const absl::string_view name : kFiles) {
    const FileDescriptor* file = pool.FindFileByName(std::string(name));
    if (file == nullptr) return "";
    for (int i = 0; i < file->service_count(); ++i) WriteService(file->service(i), &out);
  }
  absl::StrAppend(&out, "## Messages\n\n");
  for (const absl::string_view name : kFiles) {
    const FileDescriptor* file = pool.FindFileByName(std::string(name));
    for (int i = 0; i < file->message_type_count(); ++i) WriteMessage(file->message_type(i), &out);
    for (int i = 0; i < file->enum_type_count(); ++i) WriteEnum(file->enum_type(i), &out);
  }
  while (out.size() > 1 && out[out.size() - 2] == '\n') out.pop_back();
  return out;
}

}  // namespace trebol
