// What a data set holds, in words.

#ifndef TAMP_DATA_DATASETS_DESCRIBE_DATASET_H_
#define TAMP_DATA_DATASETS_DESCRIBE_DATASET_H_

#include <string>
#include <vector>

#include "data/datasets/dataset.h"

namespace tamp {

// `d/train: 30 images of 2 classes: cat 20, dog 10`, shortened where there are
// many classes; then the data set's notes. Unreadable images do not count, and
// those whose label is no class are counted apart.
std::vector<std::string> DescribeDataset(const Dataset& dataset);

}  // namespace tamp

#endif  // TAMP_DATA_DATASETS_DESCRIBE_DATASET_H_
