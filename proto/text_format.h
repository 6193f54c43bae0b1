// Networks and solvers from files, and messages to text.
//
// Errors are one line that starts with the file: `path:line:column: message`
// for its text (see text_parser.h), `path: cannot open: No such file or
// directory` for the file itself (NotFound).

#ifndef TAMP_PROTO_TEXT_FORMAT_H_
#define TAMP_PROTO_TEXT_FORMAT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "proto/net.pb.h"
#include "proto/solver.pb.h"

namespace tamp {

// InvalidArgument also for a net without layers.
absl::StatusOr<NetParameter> ReadNetFile(absl::string_view path);
absl::StatusOr<SolverParameter> ReadSolverFile(absl::string_view path);

// The same from text that is called `display_path` in messages and locations.
absl::StatusOr<NetParameter> ParseNetText(absl::string_view text,
                                          absl::string_view display_path);
absl::StatusOr<SolverParameter> ParseSolverText(absl::string_view text,
                                                absl::string_view display_path);

// A message in binary form, such as a .caffemodel, of at most 2 GiB.
absl::Status ParseBinaryFile(absl::string_view path,
                             google::protobuf::Message* message);

// The message as text, one field a line, floats with as few digits as tell them
// apart. Places that the reader filled are printed too; net/text/modules.h
// prints nets without them.
std::string PrintText(const google::protobuf::Message& message);

}  // namespace tamp

#endif  // TAMP_PROTO_TEXT_FORMAT_H_
