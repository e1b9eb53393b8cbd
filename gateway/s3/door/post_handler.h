#pragma once

#include "gateway/s3/door/s3_request.h"

namespace trebol {

/// PostObject: an upload from a web page's form. Its signature and policy are fields of the form,
/// so that who asks, and whether it may, is found out here, before the first byte of the file is
/// stored. A form that is not whole, or a file that is not of the size that its policy wants,
/// stores nothing.
Task<void> ServePostObject(S3RequestPtr request);

}  // namespace trebol
