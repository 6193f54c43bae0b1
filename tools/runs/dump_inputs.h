// The inputs of DumpRun (tools/runs/dump_run.h): what a file of tensors gives
// to a net's description, data tops and parameters.

#ifndef TAMP_TOOLS_RUNS_DUMP_INPUTS_H_
#define TAMP_TOOLS_RUNS_DUMP_INPUTS_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/device/device.h"
#include "formats/safetensors.h"
#include "net/graph/parameter_store.h"
#include "net/net.h"
#include "proto/net.pb.h"

namespace tamp {

// "block1/3/conv/weight" -> "block1.3.conv.weight".
std::string TensorName(absl::string_view name);

class DumpInputs {
 public:
  // The tensors must outlive the object; `path` is for messages.
  DumpInputs(const Safetensors& tensors, std::string path)
      : tensors_(tensors), path_(std::move(path)) {}

  // The net with the batch size of the inputs and, where a Data layer does not
  // say it, the shape of a sample. Modules are expanded.
  absl::StatusOr<NetParameter> AdaptNet(const NetParameter& net) const;

  // Copies the batch into the net's data tops.
  absl::Status FillDataTops(Device* device, Net* net) const;

  // Copies init.* into the parameters. Each init.* must belong to a parameter.
  absl::Status FillParameters(Device* device, ParameterStore* store) const;

 private:
  absl::Status Error(absl::string_view message) const;
  absl::StatusOr<std::vector<float>> Elements(
      const Safetensors::Tensor& tensor) const;
  // The tensor of a data top, the index-th of the net; null if there is none.
  const Safetensors::Tensor* FindForTop(absl::string_view top,
                                        size_t index) const;
  absl::Status CheckAllUsed(const ParameterStore& store) const;

  const Safetensors& tensors_;
  const std::string path_;
};

}  // namespace tamp

#endif  // TAMP_TOOLS_RUNS_DUMP_INPUTS_H_
