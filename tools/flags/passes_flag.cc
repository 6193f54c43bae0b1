#include "tools/flags/passes_flag.h"

#include <string>

#include "absl/flags/flag.h"
#include "core/status_macros.h"
#include "net/passes/pass.h"

ABSL_FLAG(std::string, passes, "all",
          "Passes over the graph: all, none, or names separated by commas.");

namespace tamp {

absl::Status SelectPassesFromFlag(Backend* backend) {
  ASSIGN_OR_RETURN(backend->passes,
                   SelectPasses(absl::GetFlag(FLAGS_passes), backend->passes));
  return absl::OkStatus();
}

}  // namespace tamp
