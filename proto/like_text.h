// Holds a message that was read from a binary file to the rules of text.

#ifndef TAMP_PROTO_LIKE_TEXT_H_
#define TAMP_PROTO_LIKE_TEXT_H_

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace tamp {

// Refuses what the reader of text (text_parser.h) would have refused: unknown
// fields and numbers of enums, control characters in strings, and numbers that
// a field may not hold (field_range.h). Stored blobs are not looked at.
// InvalidArgument that names the field: `layer[3].pooling_param: unknown field
// or value (field 1)`.
absl::Status CheckLikeText(const google::protobuf::Message& message);

}  // namespace tamp

#endif  // TAMP_PROTO_LIKE_TEXT_H_
