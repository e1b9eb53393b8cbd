#pragma once

#include <vector>

#include "client/cluster_status.h"
#include "client/listing.h"
#include "client/multipart.h"
#include "client/object_options.h"
#include "client/types.h"
#include "trebol/v1/admin.pb.h"
#include "trebol/v1/cluster.pb.h"
#include "trebol/v1/object.pb.h"

namespace trebol::client {

// Between the messages of the wire and the structs that users see.
Bucket FromMessage(const v1::Bucket& message);
ObjectInfo FromMessage(const v1::ObjectInfo& message);
DeleteObjectResult FromMessage(const v1::DeleteObjectResponse& message);
ListObjectsPage FromMessage(const v1::ListObjectsResponse& message);
ListObjectVersionsPage FromMessage(const v1::ListObjectVersionsResponse& message);
MultipartUpload FromMessage(const v1::MultipartUpload& message);
PartInfo FromMessage(const v1::PartInfo& message);
ListPartsPage FromMessage(const v1::ListPartsResponse& message);
ListMultipartUploadsPage FromMessage(const v1::ListMultipartUploadsResponse& message);
ClusterStatus FromMessage(const v1::ClusterStatus& message);
NodeStatus FromMessage(const v1::NodeStatus& message);
ObjectExplanation FromMessage(const v1::ExplainObjectResponse& message);

v1::Preconditions ToMessage(const Preconditions& preconditions);
v1::ResponseHeaders ToMessage(const ResponseHeaders& headers);
v1::ListObjectsRequest ToMessage(const ListObjectsRequest& request);
v1::ListObjectVersionsRequest ToMessage(const ListObjectVersionsRequest& request);
v1::ListMultipartUploadsRequest ToMessage(const ListMultipartUploadsRequest& request);

void AddTags(const Tags& tags, google::protobuf::RepeatedPtrField<v1::Tag>* messages);
void AddChecksums(const std::vector<Checksum>& checksums,
                  google::protobuf::RepeatedPtrField<v1::Checksum>* messages);

bool IsEmpty(const Preconditions& preconditions);
bool IsEmpty(const ResponseHeaders& headers);

// What says nothing is left out of a message.
template <typename Message>
void SetPreconditions(const Preconditions& preconditions, Message& message) {
  if (!IsEmpty(preconditions)) *message.mutable_preconditions() = ToMessage(preconditions);
}
template <typename Message>
void SetHeaders(const ResponseHeaders& headers, Message& message) {
  if (!IsEmpty(headers)) *message.mutable_headers() = ToMessage(headers);
}

}  // namespace trebol::client
