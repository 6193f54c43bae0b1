// In which order the simulator runs what a device runs at the same time. A
// correct kernel computes the same in every order.

#ifndef TAMP_TESTS_CUDA_SIM_OPTIONS_H_
#define TAMP_TESTS_CUDA_SIM_OPTIONS_H_

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace tamp {
namespace cuda_sim {

enum class Order { kForward, kReverse, kRandom };

struct Options {
  Order order = Order::kForward;
  uint64_t seed = 1;  // of kRandom
  // Blocks that run at the same time; the others wait until one has ended.
  int resident_blocks = 3;
};

// For messages: "reverse order", "random order 2".
std::string OrderName(const Options& options);

// The same for GoogleTest.
void PrintTo(const Options& options, std::ostream* out);

// Those that a kernel's test runs: forward, reverse, and three random ones.
std::vector<Options> AllOrders();

// While one exists, this thread's kernels are launched with `options`; those
// above are the default. LaunchKernel has no argument for them since a device
// has none.
class ScopedOptions {
 public:
  explicit ScopedOptions(const Options& options);
  ScopedOptions(const ScopedOptions&) = delete;
  ~ScopedOptions();

  static const Options& Current();

 private:
  const Options options_;
  const ScopedOptions* const outer_;
};

// Puts things in order, as the options say; a random one differs each time, and
// for each `stream`.
class Arranger {
 public:
  Arranger(const Options& options, uint64_t stream);

  // `items` ascend.
  void Arrange(std::vector<int>* items);

 private:
  const Options options_;
  const uint64_t stream_;
  uint64_t round_ = 0;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_OPTIONS_H_
