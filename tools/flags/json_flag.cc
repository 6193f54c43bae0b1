#include "tools/flags/json_flag.h"

#include <string>

#include "absl/flags/flag.h"
#include "core/files/atomic_file.h"

ABSL_FLAG(std::string, json, "", "Also write the report to this file.");

namespace tamp {

absl::Status WriteJsonFromFlag(const nlohmann::ordered_json& report) {
  const std::string path = absl::GetFlag(FLAGS_json);
  if (path.empty()) return absl::OkStatus();
  // Names of layers may hold any bytes; JSON is UTF-8.
  const std::string text =
      report.dump(2, ' ', /*ensure_ascii=*/false,
                  nlohmann::ordered_json::error_handler_t::replace) +
      "\n";
  return WriteFileAtomically(path, {text});
}

}  // namespace tamp
