#include "net/text/layer_error.h"

#include "absl/strings/str_cat.h"
#include "core/files/named_path.h"

namespace tamp {

std::string LayerPrefix(const LayerParameter& parameter) {
  const std::string& location = parameter.location();
  const std::string& name = parameter.name();
  return absl::StrCat(location, location.empty() ? "" : ": ",
                      name.empty() ? "layer without a name: "
                                   : absl::StrCat("layer \"", name, "\": "));
}

absl::Status LayerError(const LayerParameter& parameter,
                        absl::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat(LayerPrefix(parameter), message));
}

absl::Status LayerError(const LayerParameter& parameter,
                        const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(LayerPrefix(parameter), status.message()));
}

std::string FileOf(const NetParameter& net) {
  return net.layer_size() == 0 ? "" : FileOfLocation(net.layer(0).location());
}

absl::Status NetError(const NetParameter& net, absl::string_view message) {
  const std::string file = FileOf(net);
  return absl::InvalidArgumentError(absl::StrCat(
      file, file.empty() ? "" : ": ",
      net.name().empty() ? "" : absl::StrCat("net \"", net.name(), "\": "),
      message));
}

std::string Counted(int64_t count, absl::string_view noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

}  // namespace tamp
