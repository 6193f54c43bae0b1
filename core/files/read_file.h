// Reading a whole file into memory.

#ifndef TAMP_CORE_FILES_READ_FILE_H_
#define TAMP_CORE_FILES_READ_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace tamp {

// The bytes of a regular file. Errors name the file: NotFound and the like from
// the system, InvalidArgument when it is a folder or a device, or holds more
// than max_bytes (nothing is allocated then).
absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     int64_t max_bytes);

}  // namespace tamp

#endif  // TAMP_CORE_FILES_READ_FILE_H_
