// Writing a file so that it is always whole: whoever opens the path finds the
// old bytes or the new ones, also after a crash, a full disk or a power cut.

#ifndef TAMP_CORE_FILES_ATOMIC_FILE_H_
#define TAMP_CORE_FILES_ATOMIC_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace tamp {

// Writes the pieces one behind the other to a temporary file beside `path`,
// flushes it to the disk, renames it to `path` and flushes the folder. On an
// error, which names the path, the temporary file is removed and the old file
// stays as it was. Two writers of one path in one process must take turns.
absl::Status WriteFileAtomically(const std::string& path,
                                 absl::Span<const absl::string_view> pieces);

}  // namespace tamp

#endif  // TAMP_CORE_FILES_ATOMIC_FILE_H_
