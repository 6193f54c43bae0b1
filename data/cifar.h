// CIFAR-10 (Krizhevsky 2009) in its publisher's binary layout: the files
// data_batch_1.bin to data_batch_5.bin and test_batch.bin are rows of records,
//
//   1 byte      label, 0..9
//   3072 bytes  red, green and blue plane of 32x32 pixels

#ifndef TAMP_DATA_CIFAR_H_
#define TAMP_DATA_CIFAR_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "data/dataset.h"
#include "proto/data.pb.h"

namespace tamp {

// The name of the folder in the publisher's archive.
constexpr char kCifar10Folder[] = "cifar-10-batches-bin";

// Reads a split, VAL being TEST, from `folder` or from the folder
// "cifar-10-batches-bin" in it.
absl::StatusOr<std::unique_ptr<Dataset>> OpenCifar10(
    const std::string& folder, DataParameter::Split split);

// Whether OpenCifar10 would find the files there; says nothing of their bytes.
bool HasCifar10(const std::string& folder);

}  // namespace tamp

#endif  // TAMP_DATA_CIFAR_H_
