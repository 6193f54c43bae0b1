// Trained numbers from a file: one of our snapshots, or a .safetensors file.

#ifndef TAMP_FORMATS_WEIGHTS_FILE_H_
#define TAMP_FORMATS_WEIGHTS_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tamp {

struct StoredTensor {
  std::string name;           // as the file has it
  std::vector<int64_t> dims;  // likewise: an extent may be 0
  std::vector<float> values;  // row-major, finite
  // Not OK where the values could not be read; it says why, and names file and
  // tensor. An error only for those who need this tensor.
  absl::Status unusable = absl::OkStatus();
};

struct StoredWeights {
  std::vector<StoredTensor> tensors;
  // Classes of the data that they were trained on, if a snapshot knows them.
  std::vector<std::string> class_names;
};

// Weights and statistics; of a snapshot, not the solver's history. The file's
// first bytes tell which kind it is. Errors name the file.
absl::StatusOr<StoredWeights> ReadWeightsFile(const std::string& path);

}  // namespace tamp

#endif  // TAMP_FORMATS_WEIGHTS_FILE_H_
