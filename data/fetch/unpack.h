// Unpacking archives that are not to be trusted.

#ifndef TAMP_DATA_FETCH_UNPACK_H_
#define TAMP_DATA_FETCH_UNPACK_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace tamp {

struct UnpackLimits {
  int64_t max_bytes = 0;    // of all files together
  int64_t max_entries = 0;  // files and folders
};

// Writes the files of a tar archive, compressed or not, below `folder`, which
// exists and is empty. An error, which names the archive and the entry, leaves
// a part of them there. Refused are absolute paths, "..", links, devices,
// entries that occur twice, and whatever goes beyond the limits.
absl::Status Unpack(const std::string& archive, const std::string& folder,
                    const UnpackLimits& limits);

}  // namespace tamp

#endif  // TAMP_DATA_FETCH_UNPACK_H_
