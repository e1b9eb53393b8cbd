#pragma once

#include "tests/fuzz/message_maker.h"
#include "tests/testing/api_rig.h"

namespace trebol {

/// What requests to ObjectService and SessionService speak of, where there is a bucket "bucket".
void LearnApiWords(MessageMaker* maker);

/// Begins a multipart upload with a part, and learns of it.
void LearnUpload(ApiRig* rig, MessageMaker* maker);

}  // namespace trebol
