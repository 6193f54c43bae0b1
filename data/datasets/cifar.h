// CIFAR-10 and CIFAR-100 (Krizhevsky 2009) in their publisher's binary layout:
// files of records,
//
//   1 byte      CIFAR-10: the label, 0..9
//   2 bytes     CIFAR-100: the superclass, 0..19, and the class, 0..99
//   3072 bytes  red, green and blue plane of 32x32 pixels
//
// CIFAR-10 is data_batch_1.bin to data_batch_5.bin and test_batch.bin,
// CIFAR-100 is train.bin and test.bin, with the classes' names, if they are
// there, in fine_label_names.txt and coarse_label_names.txt.

#ifndef TAMP_DATA_DATASETS_CIFAR_H_
#define TAMP_DATA_DATASETS_CIFAR_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "data/datasets/dataset.h"
#include "proto/data.pb.h"

namespace tamp {

// The names of the folders in the publisher's archives.
constexpr char kCifar10Folder[] = "cifar-10-batches-bin";
constexpr char kCifar100Folder[] = "cifar-100-binary";

// Read a split from `folder` or from the publisher's folder in it; without a
// split, TEST. There is no VAL. A folder with the other of the two is an error
// that says so.
absl::StatusOr<std::unique_ptr<Dataset>> OpenCifar10(
    const std::string& folder, std::optional<DataParameter::Split> split);
absl::StatusOr<std::unique_ptr<Dataset>> OpenCifar100(
    const std::string& folder, std::optional<DataParameter::Split> split,
    DataParameter::Cifar100Labels labels);

// Whether they would find all files there; says nothing of their bytes.
bool HasCifar10(const std::string& folder);
bool HasCifar100(const std::string& folder);

}  // namespace tamp

#endif  // TAMP_DATA_DATASETS_CIFAR_H_
