// Starting a net from trained weights: by name, shape for shape, and never
// silently in part.

#ifndef TAMP_SOLVERS_STATE_WEIGHTS_H_
#define TAMP_SOLVERS_STATE_WEIGHTS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/device/device.h"
#include "net/graph/parameter_store.h"
#include "solvers/state/class_names.h"

namespace tamp {

// What became of the parameters of one layer.
struct LayerWeights {
  std::string layer;
  int num_parameters = 0;
  int num_loaded = 0;
  // Parameters that no file has, and what their elements were set to.
  std::vector<std::pair<std::string, float>> assumed = {};
};

struct WeightsReport {
  std::vector<LayerWeights> layers;  // in the net's order
  std::vector<std::string> unused;   // tensors of the files, with the reason
  // Of the data that the files were trained on, where they say so.
  std::vector<NumberedClasses> classes;
};

// Loads the files (see weights_file.h) one after the other into the store,
// whose parameters must have their memory; the later file counts where two have
// the same name. A tensor's name is the parameter's, with "." for "/" or not:
// "block1.3.conv.weight".
//
// Unless allow_missing, every parameter must be in a file and every tensor be a
// parameter of the same shape: otherwise an error names the first that is not,
// and how many more there are, and nothing is changed. With allow_missing the
// rest stays as it is; but if nothing fits, that is an error still. Either way
// a parameter that may be absent (value_when_absent in layers/layer_plan.h)
// gets its value where the files have all others of its layer.
absl::StatusOr<WeightsReport> LoadWeights(absl::Span<const std::string> paths,
                                          bool allow_missing,
                                          ParameterStore* parameters,
                                          Device* device);

// Whether the classes that the weights were trained on are those of the data. A
// FailedPrecondition names the first that is not.
//
// Of weights that are tested every class counts. Of weights that a training
// starts from, those of as many classes as the data have: with another number,
// the last layer is a new one.
enum class ClassUse { kTested, kTrained };
absl::Status CheckWeightsClasses(const WeightsReport& report,
                                 const NumberedClasses& data, ClassUse use);

// One line a layer: `block1/3/conv: loaded`, `fc: not loaded`, `bn: 2 of 4
// loaded`, `bn: loaded, bn/running_weight taken as 1`; then one a tensor that
// was not used.
std::vector<std::string> DescribeWeights(const WeightsReport& report);

// "a,b" as the two paths that it stands for.
std::vector<std::string> SplitPaths(absl::string_view paths);

}  // namespace tamp

#endif  // TAMP_SOLVERS_STATE_WEIGHTS_H_
