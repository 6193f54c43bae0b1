// OutsideLabel: a label of a data set that is none of its classes. Nets may
// ignore it (ignore_label), as a way to say that a sample has no label.

#ifndef TAMP_DATA_DATASETS_OUTSIDE_LABEL_H_
#define TAMP_DATA_DATASETS_OUTSIDE_LABEL_H_

#include <string>

namespace tamp {

struct OutsideLabel {
  int label = 0;
  std::string place;  // the first sample that has it: "train-labels: sample 3"
};

}  // namespace tamp

#endif  // TAMP_DATA_DATASETS_OUTSIDE_LABEL_H_
