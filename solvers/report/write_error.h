// Errors of writing results.

#ifndef TAMP_SOLVERS_REPORT_WRITE_ERROR_H_
#define TAMP_SOLVERS_REPORT_WRITE_ERROR_H_

#include <cerrno>
#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace tamp {

// What errno says, after `what`: Cancelled when nobody reads any more (a closed
// pipe), Unavailable otherwise (a full disk), which may pass.
inline absl::Status WriteError(absl::string_view what) {
  const int error = errno;
  const std::string message = absl::StrCat(what, ": ", std::strerror(error));
  return error == EPIPE ? absl::CancelledError(message)
                        : absl::UnavailableError(message);
}

}  // namespace tamp

#endif  // TAMP_SOLVERS_REPORT_WRITE_ERROR_H_
