#include "tools/flags/net_file_flag.h"

#include <string>

#include "absl/flags/flag.h"
#include "core/status_macros.h"
#include "proto/text_format.h"
#include "tools/flags/command_line.h"
#include "tools/flags/compute_flag.h"

ABSL_FLAG(std::string, net, "", "The network, a prototxt.");

namespace tamp {

absl::StatusOr<NetParameter> NetFileFromFlag() {
  const std::string path = absl::GetFlag(FLAGS_net);
  RETURN_IF_ERROR(RequireFlag("net", path, "net/densenet40.prototxt"));
  absl::StatusOr<NetParameter> net = ReadNetFile(path);
  if (!net.ok()) return ExplainMissingFile(net.status(), path);
  RETURN_IF_ERROR(SetComputeFromFlag(&*net));
  return net;
}

}  // namespace tamp
