// The MNIST family (MNIST, Fashion-MNIST, KMNIST, EMNIST) in LeCun's IDX
// format. Per split an images file and a labels file, plain or with .gz:
//
//   train-images-idx3-ubyte, train-labels-idx1-ubyte
//   t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte
//
// A file is 00 00 08 (for unsigned bytes), a byte with the number of axes, the
// extent of every axis in four bytes, big-endian, and the elements.

#ifndef TAMP_DATA_DATASETS_IDX_H_
#define TAMP_DATA_DATASETS_IDX_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "data/datasets/dataset.h"
#include "proto/data.pb.h"

namespace tamp {

// Reads a split; without one, TEST. There is no VAL. Images have one channel.
// The format does not say how many classes there are: labels of num_classes or
// more are outside_labels().
absl::StatusOr<std::unique_ptr<Dataset>> OpenIdx(
    const std::string& folder, std::optional<DataParameter::Split> split,
    int num_classes);

}  // namespace tamp

#endif  // TAMP_DATA_DATASETS_IDX_H_
