// The flag --json, of tools whose report other programs may read.

#ifndef TAMP_TOOLS_FLAGS_JSON_FLAG_H_
#define TAMP_TOOLS_FLAGS_JSON_FLAG_H_

#include "absl/status/status.h"
#include "nlohmann/json.hpp"

namespace tamp {

// Writes the report to the file that the flag names, atomically and indented;
// nothing where it is not given.
absl::Status WriteJsonFromFlag(const nlohmann::ordered_json& report);

}  // namespace tamp

#endif  // TAMP_TOOLS_FLAGS_JSON_FLAG_H_
