// Trained numbers from a file: one of our snapshots, or a .safetensors file.

#ifndef TAMP_SOLVERS_WEIGHTS_FILE_H_
#define TAMP_SOLVERS_WEIGHTS_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/shape.h"

namespace tamp {

struct StoredTensor {
  std::string name;  // as the file has it
  Shape shape;
  std::vector<float> values;  // row-major, finite
};

// Weights and statistics; of a snapshot, not the solver's history. The file's
// first bytes tell which kind it is. Errors name the file.
absl::StatusOr<std::vector<StoredTensor>> ReadWeightsFile(
    const std::string& path);

}  // namespace tamp

#endif  // TAMP_SOLVERS_WEIGHTS_FILE_H_
