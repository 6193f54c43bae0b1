#include "core/files/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

absl::Status SystemError(const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path));
}

absl::Status WriteAll(int file, absl::string_view bytes,
                      const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t n = write(file, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError(path);
    bytes.remove_prefix(n);
  }
  return absl::OkStatus();
}

// `path` is the name that errors speak of.
absl::Status WriteAndFlush(const std::string& temporary,
                           absl::Span<const absl::string_view> pieces,
                           const std::string& path) {
  const int file =
      open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) return SystemError(path);
  auto close_file = absl::MakeCleanup([file] { close(file); });
  for (const absl::string_view piece : pieces) {
    RETURN_IF_ERROR(WriteAll(file, piece, path));
  }
  if (fsync(file) != 0) return SystemError(path);
  std::move(close_file).Cancel();
  if (close(file) != 0) return SystemError(path);
  return absl::OkStatus();
}

// Makes the rename itself survive a power cut. Some file systems cannot flush
// a folder and say EINVAL; the file is in place all the same.
absl::Status FlushFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder =
      slash == std::string::npos ? "." : path.substr(0, slash == 0 ? 1 : slash);
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return SystemError(path);
  const auto close_file = absl::MakeCleanup([file] { close(file); });
  if (fsync(file) != 0 && errno != EINVAL) return SystemError(path);
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteFileAtomically(const std::string& path,
                                 absl::Span<const absl::string_view> pieces) {
  const std::string temporary = absl::StrCat(path, ".partial.", getpid());
  absl::Status status = WriteAndFlush(temporary, pieces, path);
  if (status.ok() && rename(temporary.c_str(), path.c_str()) != 0) {
    status = SystemError(path);
  }
  if (!status.ok()) {
    unlink(temporary.c_str());
    return status;
  }
  return FlushFolderOf(path);
}

}  // namespace tamp
