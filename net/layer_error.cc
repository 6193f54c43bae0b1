#include "net/layer_error.h"

#include "absl/strings/str_cat.h"

namespace tamp {

std::string LayerPrefix(const LayerParameter& parameter) {
  const std::string& location = parameter.location();
  return absl::StrCat(location, location.empty() ? "" : ": ", "layer \"",
                      parameter.name(), "\": ");
}

absl::Status LayerError(const LayerParameter& parameter,
                        absl::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat(LayerPrefix(parameter), message));
}

}  // namespace tamp
