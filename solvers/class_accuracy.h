// Accuracy a class at a time, exactly, over an evaluation: counted from the
// scores and labels that a net's Accuracy layer reads.

#ifndef TAMP_SOLVERS_CLASS_ACCURACY_H_
#define TAMP_SOLVERS_CLASS_ACCURACY_H_

#include <cstdint>
#include <vector>

#include "core/device.h"
#include "net/net.h"
#include "solvers/evaluation.h"

namespace tamp {

struct ClassCount {
  int64_t num_correct = 0;  // samples of the class that the layer counts
  int64_t num_samples = 0;
};

class ClassAccuracy : public Evaluation::Watcher {
 public:
  // The device must outlive it.
  ClassAccuracy(int num_classes, Device* device)
      : device_(device), counts_(num_classes) {}

  void OnStart() override { counts_.assign(counts_.size(), {}); }
  void OnNode(Net* net, int node) override;

  // By the rules of the layer that FindAccuracy chooses, whose scores must be
  // [num, classes, 1, 1] and labels [num]: else zeros.
  const std::vector<ClassCount>& counts() const { return counts_; }

 private:
  std::vector<float> CopyToHost(const View& view) const;

  Device* const device_;
  std::vector<ClassCount> counts_;
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_CLASS_ACCURACY_H_
