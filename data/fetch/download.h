// Downloading one file, whole and unchanged, or not at all.

#ifndef TAMP_DATA_FETCH_DOWNLOAD_H_
#define TAMP_DATA_FETCH_DOWNLOAD_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"

namespace tamp {

struct RemoteFile {
  std::string url;     // https:// or file://
  std::string sha256;  // of its bytes, 64 hexadecimal digits in lower case
  int64_t max_bytes = 0;
};

// Called now and then; total_bytes is 0 as long as it is not known. The
// download is canceled when it returns false.
using DownloadProgress =
    std::function<bool(int64_t received_bytes, int64_t total_bytes)>;

// Writes the file to `path`, whose folder exists. Redirections are followed by
// https only. After an error, which names the URL, there is no file at `path`:
// unreachable, too large, too slow, canceled, or other bytes than the
// checksum's.
absl::Status Download(const RemoteFile& file, const std::string& path,
                      const DownloadProgress& progress);

}  // namespace tamp

#endif  // TAMP_DATA_FETCH_DOWNLOAD_H_
