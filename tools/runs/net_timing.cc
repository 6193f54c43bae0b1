#include "tools/runs/net_timing.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "core/check.h"
#include "core/device/device.h"
#include "core/status_macros.h"
#include "net/node_observer.h"
#include "net/report/multiply_adds.h"
#include "solvers/sgd/sgd.h"
#include "tools/runs/data_tops.h"

namespace tamp {
namespace {

class Stopwatch {
 public:
  explicit Stopwatch(Device* device) : device_(device) {}

  // Since it was made, or since the last call, until the device has done what
  // it was asked for.
  double Milliseconds() {
    const absl::Status done = device_->Synchronize();
    if (status_.ok()) status_ = done;
    const Clock::time_point now = Clock::now();
    return std::chrono::duration<double, std::milli>(now -
                                                     std::exchange(last_, now))
        .count();
  }

  // The first error of the device.
  const absl::Status& status() const { return status_; }

 private:
  using Clock = std::chrono::steady_clock;
  Device* const device_;
  Clock::time_point last_ = Clock::now();
  absl::Status status_;
};

// What each node takes in steps that it observes, forward and backward.
class NodeClock : public NodeObserver {
 public:
  NodeClock(size_t num_nodes, Stopwatch* watch)
      : watch_(*watch), forward_ms_(num_nodes), backward_ms_(num_nodes) {}

  void AfterForward(int node) override {
    forward_ms_[node].push_back(watch_.Milliseconds());
  }
  void AfterBackward(int node) override {
    backward_ms_[node].push_back(watch_.Milliseconds());
  }

  // Of all steps.
  const std::vector<double>& forward_ms(size_t node) const {
    return forward_ms_[node];
  }
  const std::vector<double>& backward_ms(size_t node) const {
    return backward_ms_[node];
  }

 private:
  Stopwatch& watch_;  // started before each Forward and each Backward
  std::vector<std::vector<double>> forward_ms_, backward_ms_;  // per node
};

LayerTiming DescribeLayer(const Net& net, size_t n) {
  const Node& node = net.graph().nodes[n];
  LayerTiming layer;
  layer.name = node.parameter.name();
  layer.type = node.parameter.type();
  if (node.is_elided) return layer;
  layer.forward_multiply_adds = node.plan.forward_multiply_adds;
  layer.backward_multiply_adds =
      BackwardMultiplyAdds(node, net.memory().nodes[n]);
  return layer;
}

class NetTimer {
 public:
  NetTimer(const TimingOptions& options, Device* device, Net* net, Sgd* sgd)
      : options_(options),
        device_(device),
        net_(*net),
        sgd_(sgd),
        watch_(device),
        data_(FindDataTops(net), options.seed) {}

  absl::Status TimeSteps(NetTiming* timing) {
    std::vector<double> forward, backward, update, step;
    for (int i = -options_.warmup; i < options_.iterations; ++i) {
      const StepContext context = PrepareStep();
      watch_.Milliseconds();
      net_.Forward(context);
      const double forward_ms = watch_.Milliseconds();
      double backward_ms = 0, update_ms = 0;
      if (sgd_ != nullptr) {
        net_.Backward(context, GradMode::kWrite);
        backward_ms = watch_.Milliseconds();
        sgd_->Update(/*lr=*/0, /*num_batches=*/1);
        update_ms = watch_.Milliseconds();
      }
      if (i < 0) continue;
      forward.push_back(forward_ms);
      backward.push_back(backward_ms);
      update.push_back(update_ms);
      step.push_back(forward_ms + backward_ms + update_ms);
    }
    timing->forward = SpreadOf(std::move(forward));
    timing->backward = SpreadOf(std::move(backward));
    timing->update = SpreadOf(std::move(update));
    timing->step = SpreadOf(std::move(step));
    return watch_.status();
  }

  absl::Status TimeLayers(NetTiming* timing) {
    const size_t num_nodes = net_.graph().nodes.size();
    NodeClock clock(num_nodes, &watch_);
    for (int i = 0; i < options_.iterations; ++i) {
      const StepContext context = PrepareStep();
      watch_.Milliseconds();
      net_.Forward(context, &clock);
      if (sgd_ == nullptr) continue;
      watch_.Milliseconds();
      net_.Backward(context, GradMode::kWrite, &clock);
    }
    for (size_t n = 0; n < num_nodes; ++n) {
      LayerTiming layer = DescribeLayer(net_, n);
      layer.forward_ms = SpreadOf(clock.forward_ms(n)).median;
      if (sgd_ != nullptr) {
        layer.backward_ms = SpreadOf(clock.backward_ms(n)).median;
      }
      timing->forward_multiply_adds += layer.forward_multiply_adds;
      timing->backward_multiply_adds += layer.backward_multiply_adds;
      timing->layers.push_back(std::move(layer));
    }
    return watch_.status();
  }

 private:
  StepContext PrepareStep() {
    data_.Fill(device_);
    return {options_.seed, step_++};
  }

  const TimingOptions options_;
  Device* const device_;
  Net& net_;
  Sgd* const sgd_;  // null in the TEST phase
  Stopwatch watch_;
  const RandomData data_;
  int64_t step_ = 0;
};

}  // namespace

Spread SpreadOf(std::vector<double> measurements) {
  CHECK(!measurements.empty());
  std::sort(measurements.begin(), measurements.end());
  const size_t size = measurements.size();
  return {(measurements[(size - 1) / 2] + measurements[size / 2]) / 2,
          measurements.front(), measurements.back()};
}

absl::StatusOr<NetTiming> TimeNet(const TimingOptions& options,
                                  const Backend& backend, Net* net) {
  CHECK_GE(options.iterations, 1);
  NetTiming timing;
  std::unique_ptr<Sgd> sgd;
  if (net->phase() == TRAIN) {
    SgdOptions sgd_options;
    sgd_options.momentum = 0.9;
    sgd_options.weight_decay = 1e-4;
    ASSIGN_OR_RETURN(sgd, Sgd::Create(sgd_options, net->parameters(), backend));
    for (const Sgd::Slot& slot : sgd->slots()) {
      timing.solver_bytes +=
          slot.parameter->shape.num_elements() * int64_t{sizeof(float)};
    }
  }
  NetTimer timer(options, backend.device.get(), net, sgd.get());
  RETURN_IF_ERROR(timer.TimeSteps(&timing));
  RETURN_IF_ERROR(timer.TimeLayers(&timing));
  return timing;
}

}  // namespace tamp
