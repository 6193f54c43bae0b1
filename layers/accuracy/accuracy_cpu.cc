#include "layers/accuracy/accuracy_cpu.h"

#include <algorithm>
#include <limits>

#include "core/cpu/cpu_device.h"
#include "core/label.h"

namespace tamp {
namespace {

// On one thread: it reads each score once, which is nothing beside the layers
// that made them.
class AccuracyCpu : public AccuracyKernel {
 public:
  explicit AccuracyCpu(const AccuracyOptions& options) : options_(options) {}

  // Lines and right lines of each class.
  int64_t forward_workspace_bytes() const override {
    return 2 * options_.lines.length * static_cast<int64_t>(sizeof(int64_t));
  }

  void Forward(const AccuracyForwardArgs<float>& args) override {
    const int64_t classes = options_.lines.length;
    int64_t* counted = static_cast<int64_t*>(args.workspace);
    int64_t* right = counted + classes;
    std::fill(counted, counted + 2 * classes, 0);
    for (int64_t line = 0; line < options_.lines.count(); ++line) {
      const float label = *ElementAt(args.labels, options_.labels, line);
      if (IsIgnoredLabel(label, options_.has_ignore_label,
                         options_.ignore_label)) {
        continue;
      }
      const int64_t true_class = ClassOfLabel(label, classes);
      ++counted[true_class];
      right[true_class] += IsRight(args.x, line, true_class);
    }
    int64_t all_counted = 0, all_right = 0;
    for (int64_t k = 0; k < classes; ++k) {
      all_counted += counted[k];
      all_right += right[k];
      if (args.class_accuracy.data != nullptr) {
        *args.class_accuracy.at(k, 0) = Share(right[k], counted[k]);
        args.class_counts[k] = static_cast<float>(counted[k]);
      }
    }
    *args.accuracy = Share(all_right, all_counted);
    *args.count = static_cast<float>(all_counted);
  }

 private:
  static float Share(int64_t part, int64_t whole) {
    return whole == 0 ? 0 : static_cast<float>(double(part) / double(whole));
  }

  bool IsRight(const Strided<const float>& scores, int64_t line,
               int64_t true_class) const {
    const float* x = options_.lines.first(scores, line);
    const int64_t stride = options_.lines.stride(scores);
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    const float score = x[true_class * stride];
    if (!(score > -kInfinity)) return false;
    int64_t not_below = -1;  // the label itself is not below itself
    for (int64_t k = 0; k < options_.lines.length; ++k) {
      if (!(x[k * stride] < kInfinity)) return false;
      not_below += !(x[k * stride] < score);
    }
    return not_below < options_.top_k;
  }

  const AccuracyOptions options_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<AccuracyKernel>> MakeAccuracyCpu(
    const AccuracyOptions& options, Device& device) {
  AsCpu(device);  // dies on any other
  return std::make_unique<AccuracyCpu>(options);
}

}  // namespace tamp
