#include "tools/reports/json_file.h"

#include "core/files/atomic_file.h"

namespace tamp {

absl::Status WriteJsonFile(const std::string& path,
                           const nlohmann::ordered_json& json) {
  if (path.empty()) return absl::OkStatus();
  // Names of layers may hold any bytes; JSON is UTF-8.
  const std::string text =
      json.dump(2, ' ', /*ensure_ascii=*/false,
                nlohmann::ordered_json::error_handler_t::replace) +
      "\n";
  return WriteFileAtomically(path, {text});
}

}  // namespace tamp
