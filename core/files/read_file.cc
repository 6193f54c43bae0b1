#include "core/files/read_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/files/shown_name.h"

namespace tamp {

absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     int64_t max_bytes) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) {
    return absl::ErrnoToStatus(errno,
                               absl::StrCat("cannot open ", ShownPath(path)));
  }
  const auto close_file = absl::MakeCleanup([file] { close(file); });
  struct stat info;
  if (fstat(file, &info) != 0) {
    return absl::ErrnoToStatus(errno,
                               absl::StrCat("cannot read ", ShownPath(path)));
  }
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat(ShownPath(path), " is not a file"));
  }
  if (info.st_size > max_bytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        ShownPath(path), " has ", info.st_size, " bytes, more than the ",
        max_bytes, " that such a file may have"));
  }
  std::string bytes(info.st_size, '\0');
  size_t used = 0;
  while (used < bytes.size()) {
    const ssize_t n = read(file, &bytes[used], bytes.size() - used);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      return absl::ErrnoToStatus(errno,
                                 absl::StrCat("cannot read ", ShownPath(path)));
    }
    if (n == 0) break;  // it became shorter
    used += n;
  }
  bytes.resize(used);
  return bytes;
}

}  // namespace tamp
