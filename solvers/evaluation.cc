#include "solvers/evaluation.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "solvers/class_check.h"
#include "solvers/flat_net.h"

namespace tamp {
namespace {

// What full batches leave over can be too small for a layer.
absl::Status InLeftOver(const absl::Status& status, int64_t num_samples,
                        int64_t batch_size) {
  return absl::Status(
      status.code(),
      absl::StrCat(std::string(status.message()), " (in the batch of ",
                   num_samples % batch_size, " that batches of ", batch_size,
                   " leave of ", num_samples, " samples to test on)"));
}

}  // namespace

const Net::Output* FindAccuracy(const Net& net) {
  for (const Net::Output& output : net.outputs()) {
    if (output.layer_type == "Accuracy" &&
        output.view.shape.num_elements() == 1) {
      return &output;
    }
  }
  return nullptr;
}

absl::StatusOr<std::unique_ptr<Evaluation>> Evaluation::Create(
    const NetParameter& net, const NetOptions& options) {
  NetOptions test_options = options;
  test_options.phase = TEST;
  ASSIGN_OR_RETURN(const NetParameter flat, FlattenNet(net, test_options));
  ASSIGN_OR_RETURN(const LayerParameter data, FindDataLayer(flat, TEST));
  ASSIGN_OR_RETURN(BatchSource * source, OpenData(data, test_options));
  const int64_t wanted = options.batch_size > 0
                             ? options.batch_size
                             : data.data_param().batch_size();
  const int64_t num_samples = source->num_samples();
  const int64_t full = std::min(wanted, num_samples);
  std::vector<Part> parts;
  for (const int64_t batch_size : {full, num_samples % full}) {
    if (batch_size == 0) continue;
    test_options.batch_size = batch_size;
    Part part;
    absl::StatusOr<std::unique_ptr<Net>> planned =
        Net::Create(net, test_options);
    if (!planned.ok() && !parts.empty()) {
      return InLeftOver(planned.status(), num_samples, full);
    }
    ASSIGN_OR_RETURN(part.net, std::move(planned));
    RETURN_IF_ERROR(CheckClasses(part.net->graph(), source->num_classes()));
    part.batch_size = batch_size;
    part.num_batches = parts.empty() ? num_samples / batch_size : 1;
    parts.push_back(std::move(part));
  }
  return absl::WrapUnique(
      new Evaluation(source, options.device, std::move(parts)));
}

double Evaluation::Forward(Net* net, Watcher* watcher) {
  const int num_nodes = static_cast<int>(net->graph().nodes.size());
  for (int node = 0; node < num_nodes; ++node) {
    net->executor().ForwardNode(node, {});
    watcher->OnNode(net, node);
  }
  return net->executor().Loss();
}

absl::StatusOr<LossAndAccuracy> Evaluation::Run(const std::atomic<bool>* stop,
                                                Watcher* watcher) {
  LossAndAccuracy sum;
  int64_t done = 0;
  source_->Seek(0);
  for (const Part& part : parts_) {
    const Net::Output* accuracy = FindAccuracy(*part.net);
    for (int64_t batch = 0; batch < part.num_batches; ++batch) {
      if (stop != nullptr && *stop) return absl::CancelledError("stopped");
      const double weight = static_cast<double>(part.batch_size);
      sum.loss += weight * Forward(part.net.get(), watcher);
      if (accuracy != nullptr) {
        float share;
        device_->CopyToHost(accuracy->view.data, sizeof(share), &share);
        sum.accuracy = sum.accuracy.value_or(0) + weight * share;
      }
      done += part.batch_size;
      watcher->OnBatch(done);
    }
  }
  RETURN_IF_ERROR(source_->status());
  sum.loss /= static_cast<double>(done);
  if (sum.accuracy) *sum.accuracy /= static_cast<double>(done);
  return sum;
}

}  // namespace tamp
