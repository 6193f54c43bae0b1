// Protobuf text to message, with errors in the words of this project's users.
//
// The syntax is that of google::protobuf::TextFormat; what differs:
//   - An error is one line, `path:line:column: message`, both from 1, and it is
//     the first one of the text. Inside a layer the message starts with the
//     layer's name where that is known: `layer "conv1": ...`.
//   - LayerParameter.location, ModuleDefinition.location and
//     SolverParameter.field_place are filled.
//   - Inside a module, `$name` may stand for a number; the places are noted in
//     ModuleDefinition.placeholder.
//   - Numbers are read like there, inf and nan included, but a field must be
//     able to mean them (field_range.h).
//   - Extensions, Any and control characters in strings are refused.

#ifndef TAMP_PROTO_TEXT_PARSER_H_
#define TAMP_PROTO_TEXT_PARSER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace tamp {

constexpr int64_t kMaxTextBytes = int64_t{64} << 20;

// Parses `text` into `message`, which is cleared first. `display_path` is what
// errors and locations call the text. InvalidArgument for bad text
// and for more than kMaxTextBytes of it.
absl::Status ParseText(absl::string_view text, absl::string_view display_path,
                       google::protobuf::Message* message);

}  // namespace tamp

#endif  // TAMP_PROTO_TEXT_PARSER_H_
