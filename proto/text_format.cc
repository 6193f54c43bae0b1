#include "proto/text_format.h"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "google/protobuf/text_format.h"
#include "proto/text_parser.h"

namespace tamp {
namespace {

using google::protobuf::Message;

// protobuf's own limit for a message.
constexpr int64_t kMaxBinaryBytes = (int64_t{1} << 31) - 1;
constexpr size_t kChunkBytes = 1 << 16;

absl::Status FileError(absl::string_view path, absl::string_view verb) {
  const int error = errno;
  const std::string message =
      absl::StrCat(path, ": cannot ", verb, ": ", std::strerror(error));
  return error == ENOENT ? absl::NotFoundError(message)
                         : absl::FailedPreconditionError(message);
}

// Reads piece by piece, so that no more is held than the file really has.
absl::StatusOr<std::string> ReadFile(absl::string_view path,
                                     int64_t max_bytes) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(
      std::fopen(std::string(path).c_str(), "rb"), std::fclose);
  if (file == nullptr) return FileError(path, "open");
  std::string content;
  size_t size = 0, count = 0;
  do {
    content.resize(size + kChunkBytes);
    count = std::fread(&content[size], 1, kChunkBytes, file.get());
    size += count;
    if (static_cast<int64_t>(size) > max_bytes) {
      return absl::InvalidArgumentError(absl::StrCat(
          path, ": is larger than ", (max_bytes + 1) >> 20, " MiB"));
    }
  } while (count > 0);
  if (std::ferror(file.get())) return FileError(path, "read");
  content.resize(size);
  return content;
}

}  // namespace

absl::StatusOr<NetParameter> ParseNetText(absl::string_view text,
                                          absl::string_view display_path) {
  NetParameter net;
  RETURN_IF_ERROR(ParseText(text, display_path, &net));
  return net;
}

absl::StatusOr<SolverParameter> ParseSolverText(
    absl::string_view text, absl::string_view display_path) {
  SolverParameter solver;
  RETURN_IF_ERROR(ParseText(text, display_path, &solver));
  return solver;
}

absl::StatusOr<NetParameter> ReadNetFile(absl::string_view path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxTextBytes));
  ASSIGN_OR_RETURN(NetParameter net, ParseNetText(text, path));
  if (net.layer_size() > 0) return net;
  return absl::InvalidArgumentError(absl::StrCat(path, ": has no layers"));
}

absl::StatusOr<SolverParameter> ReadSolverFile(absl::string_view path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kMaxTextBytes));
  return ParseSolverText(text, path);
}

absl::Status ParseBinaryFile(absl::string_view path, Message* message) {
  ASSIGN_OR_RETURN(const std::string content, ReadFile(path, kMaxBinaryBytes));
  if (!message->ParseFromString(content)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": is not a ", message->GetDescriptor()->name(),
                     " in protobuf's binary form, or is cut short"));
  }
  return absl::OkStatus();
}

std::string PrintText(const Message& message) {
  std::string text;
  google::protobuf::TextFormat::PrintToString(message, &text);
  return text;
}

}  // namespace tamp
