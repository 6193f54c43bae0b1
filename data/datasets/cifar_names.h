// The names of CIFAR's classes, in the order of their labels.

#ifndef TAMP_DATA_DATASETS_CIFAR_NAMES_H_
#define TAMP_DATA_DATASETS_CIFAR_NAMES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "proto/data.pb.h"

namespace tamp {

std::vector<std::string> Cifar10Names();
std::vector<std::string> Cifar100Names(DataParameter::Cifar100Labels labels);

// The same from a file of the publisher's, one name a line; empty lines do not
// count. An error where it does not hold num_classes different names.
absl::StatusOr<std::vector<std::string>> ReadClassNames(const std::string& path,
                                                        int num_classes);

}  // namespace tamp

#endif  // TAMP_DATA_DATASETS_CIFAR_NAMES_H_
