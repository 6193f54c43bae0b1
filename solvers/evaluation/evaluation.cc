#include "solvers/evaluation/evaluation.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/device/device.h"
#include "core/status_macros.h"
#include "net/text/flat_net.h"
#include "solvers/evaluation/class_check.h"
#include "solvers/open_data.h"

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

absl::StatusOr<std::unique_ptr<Evaluation>> Evaluation::Create(
    const NetParameter& net, const NetOptions& options,
    BatchSourceProvider* provider) {
  NetOptions test_options = options;
  test_options.phase = TEST;
  ASSIGN_OR_RETURN(const FlatNet flat, FlattenNet(net, test_options.state(),
                                                  test_options.backend.layers));
  ASSIGN_OR_RETURN(const LayerParameter data, FindDataLayer(flat.net, TEST));
  ASSIGN_OR_RETURN(test_options.batch_source,
                   OpenData(data, test_options, provider));
  const int64_t wanted = options.batch_size > 0
                             ? options.batch_size
                             : data.data_param().batch_size();
  auto evaluation = absl::WrapUnique(new Evaluation(net, test_options, wanted));
  RETURN_IF_ERROR(evaluation->PlanParts());
  return evaluation;
}

absl::Status Evaluation::PlanParts() {
  const int64_t num_samples = source_->num_samples();
  const int64_t full = std::min(batch_size_, num_samples);
  parts_.clear();
  for (const int64_t batch_size : {full, num_samples % full}) {
    if (batch_size == 0) continue;
    NetOptions options = options_;
    options.batch_size = batch_size;
    Part part;
    absl::StatusOr<std::unique_ptr<Net>> planned = Net::Create(net_, options);
    if (!planned.ok() && !parts_.empty()) {
      return InLeftOver(planned.status(), num_samples, full);
    }
    ASSIGN_OR_RETURN(part.net, std::move(planned));
    RETURN_IF_ERROR(CheckClasses(part.net->graph(), source_->num_classes(),
                                 source_->outside_labels()));
    part.scores = std::make_unique<ScoreReader>(
        part.net.get(), options.backend.device.get(), batch_size, full);
    part.batch_size = batch_size;
    part.num_batches = parts_.empty() ? num_samples / batch_size : 1;
    parts_.push_back(std::move(part));
  }
  planned_samples_ = num_samples;
  return absl::OkStatus();
}

absl::StatusOr<TestResult> Evaluation::Run(const std::atomic<bool>* stop,
                                           Watcher* watcher) {
  while (true) {
    source_->Seek(0);
    if (source_->num_samples() != planned_samples_) {
      RETURN_IF_ERROR(PlanParts());
    }
    const int64_t skipped_before = source_->num_skipped();
    absl::StatusOr<TestResult> result = RunOnce(stop, watcher);
    if (!result.ok() || source_->num_skipped() == skipped_before) return result;
  }
}

absl::StatusOr<TestResult> Evaluation::RunOnce(const std::atomic<bool>* stop,
                                               Watcher* watcher) {
  const ScoreTable& table = parts_[0].scores->table();
  std::vector<CountedMean> means(table.num_numbers());
  TestResult result;
  for (const Part& part : parts_) {
    for (int64_t batch = 0; batch < part.num_batches; ++batch) {
      if (stop != nullptr && *stop) return absl::CancelledError("stopped");
      part.net->Forward({});
      RETURN_IF_ERROR(part.net->data_status());
      part.scores->AddBatch(absl::MakeSpan(means));
      RETURN_IF_ERROR(options_.backend.device->Synchronize());
      result.samples += part.batch_size;
      watcher->OnBatch(result.samples);
    }
  }
  result.mean = table.Summarize(means);
  result.others = table.Others(means);
  return result;
}

}  // namespace tamp
