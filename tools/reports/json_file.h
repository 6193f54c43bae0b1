// Writing JSON for other programs.

#ifndef TAMP_TOOLS_REPORTS_JSON_FILE_H_
#define TAMP_TOOLS_REPORTS_JSON_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "nlohmann/json.hpp"

namespace tamp {

// Atomically, indented; nothing when the path is empty.
absl::Status WriteJsonFile(const std::string& path,
                           const nlohmann::ordered_json& json);

}  // namespace tamp

#endif  // TAMP_TOOLS_REPORTS_JSON_FILE_H_
