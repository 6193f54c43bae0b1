#include "net/memory/memory_budget.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/device/memory_traits.h"
#include "net/memory/lay_out_memory.h"
#include "net/memory/place_buffers.h"
#include "net/memory/recomputation.h"
#include "net/report/multiply_adds.h"

namespace tamp {
namespace {

// Storing an element again counts as a multiply-add, so that layers without any
// are not free.
double BytesForAMultiplyAdd(const Recomputable& r) {
  const double elements = static_cast<double>(r.bytes) / sizeof(float);
  return static_cast<double>(r.bytes) /
         (static_cast<double>(r.multiply_adds) +
          elements * static_cast<double>(r.nodes.size()));
}

int64_t BytesAlive(const MemoryLayout& layout, int step) {
  int64_t bytes = 0;
  for (const BufferRequest& buffer : layout.buffers) {
    if (buffer.life.Contains(step)) bytes += buffer.bytes;
  }
  return bytes;
}

// Chooses one storage after the other; which ones depends on the graph alone.
class RecomputationChoice {
 public:
  RecomputationChoice(const LayoutMaker& maker, const MemoryTraits& traits)
      : maker_(maker),
        traits_(traits),
        is_recomputed_(maker.recomputable().size(), false),
        by_merit_(maker.recomputable().size()),
        layout_(maker.LayOut(is_recomputed_)) {
    std::iota(by_merit_.begin(), by_merit_.end(), 0);
    std::stable_sort(by_merit_.begin(), by_merit_.end(), [&](int a, int b) {
      return BytesForAMultiplyAdd(maker.recomputable()[a]) >
             BytesForAMultiplyAdd(maker.recomputable()[b]);
    });
  }

  // Whether there was a storage more whose recomputation saves memory at the
  // peak.
  bool ChooseNext() {
    const int peak = FindPeak(layout_.buffers, traits_).step;
    const int64_t alive = BytesAlive(layout_, peak);
    for (const int i : by_merit_) {
      if (is_recomputed_[i] ||
          !maker_.recomputable()[i].unused.Contains(peak)) {
        continue;
      }
      is_recomputed_[i] = true;
      MemoryLayout layout = maker_.LayOut(is_recomputed_);
      // What reads it may be recomputed, too, and need it at that very time.
      if (BytesAlive(layout, peak) < alive) {
        layout_ = std::move(layout);
        chosen_.push_back(i);
        return true;
      }
      is_recomputed_[i] = false;
    }
    return false;
  }

  const MemoryLayout& layout() const { return layout_; }
  const std::vector<int>& chosen() const { return chosen_; }

  // Of all layouts since the first, the smallest.
  int64_t LeastBytes() const {
    std::vector<bool> is_recomputed = is_recomputed_;
    int64_t least = PlaceBuffers(layout_.buffers, traits_).total_bytes;
    for (auto i = chosen_.rbegin(); i != chosen_.rend(); ++i) {
      is_recomputed[*i] = false;
      const MemoryLayout layout = maker_.LayOut(is_recomputed);
      if (FindPeak(layout.buffers, traits_).bytes >= least) continue;
      least =
          std::min(least, PlaceBuffers(layout.buffers, traits_).total_bytes);
    }
    return least;
  }

 private:
  const LayoutMaker& maker_;
  const MemoryTraits traits_;
  std::vector<bool> is_recomputed_;
  std::vector<int> by_merit_;
  std::vector<int> chosen_;
  MemoryLayout layout_;
};

absl::Status TooSmallError(const MemoryBudget& budget, int64_t least_bytes) {
  constexpr int64_t kMiB = int64_t{1} << 20;
  const auto mib = [](int64_t bytes) {
    return absl::StrCat((bytes + kMiB - 1) / kMiB, " MiB");
  };
  return absl::ResourceExhaustedError(absl::StrCat(
      "a memory budget of ", budget.bytes / kMiB,
      " MiB is too small: the least that the net can do with is ",
      mib(budget.fixed_bytes + least_bytes), ", of which ",
      mib(budget.fixed_bytes),
      " are for parameters, gradients and momentum; a smaller batch_size "
      "needs less"));
}

}  // namespace

absl::StatusOr<BudgetedLayout> LayOutWithinBudget(const Graph& graph,
                                                  const LayoutOptions& options,
                                                  const MemoryBudget& budget) {
  const int64_t available = budget.bytes - budget.fixed_bytes;
  const LayoutMaker maker(graph, options);
  RecomputationChoice choice(maker, options.memory);
  BudgetedLayout result;
  for (;;) {
    if (FindPeak(choice.layout().buffers, options.memory).bytes <= available) {
      result.layout = choice.layout();
      result.layout.plan = PlaceBuffers(result.layout.buffers, options.memory);
      if (result.layout.plan.total_bytes <= available) break;
    }
    if (!choice.ChooseNext()) return TooSmallError(budget, choice.LeastBytes());
  }
  BudgetReport& report = result.report;
  report.budget_bytes = budget.bytes;
  report.fixed_bytes = budget.fixed_bytes;
  report.planned_bytes = budget.fixed_bytes + result.layout.plan.total_bytes;
  report.num_recomputed = static_cast<int>(choice.chosen().size());
  report.num_recomputable = static_cast<int>(maker.recomputable().size());
  report.multiply_adds = StepMultiplyAdds(graph, result.layout);
  for (const int i : choice.chosen()) {
    report.recomputed_multiply_adds += maker.recomputable()[i].multiply_adds;
  }
  return result;
}

}  // namespace tamp
