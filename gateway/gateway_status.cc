#include "gateway/gateway_status.h"

#include <google/protobuf/util/json_util.h>

namespace trebol {

std::string StatusJson(const Gateway& gateway) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto written =
      google::protobuf::util::MessageToJsonString(gateway.cluster_status(), &json, options);
  return written.ok() ? json : "{}";
}

}  // namespace trebol
