// Tests a trained network over exactly its test set: loss, accuracy, the other
// scores of its tops, and accuracy a class at a time.

#include <cinttypes>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/device/device.h"
#include "core/logging.h"
#include "core/status_macros.h"
#include "data/dataset_provider.h"
#include "net/backend.h"
#include "net/graph/parameter_store.h"
#include "net/planned_net.h"
#include "net/text/flat_net.h"
#include "solvers/evaluation/class_accuracy.h"
#include "solvers/evaluation/evaluation.h"
#include "solvers/evaluation/scores.h"
#include "solvers/report/progress_text.h"
#include "solvers/state/weights.h"
#include "tools/flags/backend_flags.h"
#include "tools/flags/command_line.h"
#include "tools/flags/data_flags.h"
#include "tools/flags/net_file_flag.h"
#include "tools/flags/passes_flag.h"
#include "tools/flags/weights_flags.h"
#include "tools/runs/stop_signals.h"

ABSL_FLAG(std::string, split, "",
          "The part of the data set to test on: train, val or test. Without it "
          "what the net says, or else val where there is one and test where "
          "not.");

namespace tamp {
namespace {

std::string ClassName(const BatchSource& source, size_t number) {
  return number < source.class_names().size() ? source.class_names()[number]
                                              : absl::StrCat(number);
}

// Takes the means of each class out of the others.
std::vector<CountedMean> TakeClasses(const std::string& top,
                                     TestResult* result) {
  std::vector<NamedMeans>& others = result->others;
  const auto classes = absl::c_find_if(
      others, [&](const NamedMeans& other) { return other.name == top; });
  if (classes == others.end()) return {};
  std::vector<CountedMean> numbers = std::move(classes->numbers);
  others.erase(classes);
  return numbers;
}

void PrintResult(const Evaluation& evaluation, const TestResult& result,
                 const std::vector<CountedMean>& classes) {
  std::printf("Samples: %" PRId64 " %s | %s", result.samples,
              ResultText(result).c_str(),
              evaluation.source().location().c_str());
  if (evaluation.source().num_skipped() > 0) {
    std::printf(", skipped as unreadable: %" PRId64,
                evaluation.source().num_skipped());
  }
  std::printf("\n");
  for (size_t i = 0; i < classes.size(); ++i) {
    const CountedMean& mean = classes[i];
    if (mean.count == 0) continue;
    std::printf("  %-16s %6.4f (%.0f of %.0f)\n",
                ClassName(evaluation.source(), i).c_str(), *mean.value(),
                mean.sum, mean.count);
  }
}

// Into the options of the data.
absl::Status SetSplitFromFlag(DatasetProviderOptions* options) {
  const std::string flag = absl::GetFlag(FLAGS_split);
  if (flag.empty()) return absl::OkStatus();
  DataParameter::Split split;
  if (!DataParameter::Split_Parse(absl::AsciiStrToUpper(flag), &split)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--split=", flag, " is unknown; there are train, val and test"));
  }
  options->split = split;
  return absl::OkStatus();
}

absl::Status LoadAllWeights(const WeightsFlags& weights,
                            const BatchSource& source,
                            ParameterStore* parameters, Device* device) {
  ASSIGN_OR_RETURN(
      const WeightsReport report,
      LoadWeights(weights.paths, weights.allow_missing, parameters, device));
  for (const std::string& line : DescribeWeights(report)) LOG(INFO) << line;
  if (weights.allow_other_classes) return absl::OkStatus();
  return CheckWeightsClasses(
      report, {absl::StrCat("in ", source.location()), source.class_names()},
      ClassUse::kTested);
}

absl::Status TestFromFlags() {
  ASSIGN_OR_RETURN(const NetParameter net, NetFileFromFlag());
  const WeightsFlags weights = WeightsFromFlags();
  RETURN_IF_ERROR(RequireFlag("weights", absl::StrJoin(weights.paths, ","),
                              "snapshots/cifar10_iter_101563.snapshot"));
  ASSIGN_OR_RETURN(Backend backend, MakeBackendFromFlags());
  RETURN_IF_ERROR(SelectPassesFromFlag(&backend));
  DatasetProviderOptions data_options = DataOptionsFromFlags(/*seed=*/1);
  RETURN_IF_ERROR(SetSplitFromFlag(&data_options));
  DatasetProvider data(data_options);
  ParameterStore parameters;
  NetOptions options;
  options.backend = backend;
  options.parameters = &parameters;
  options.phase = TEST;
  ASSIGN_OR_RETURN(FlatNet flat,
                   FlattenNet(net, options.state(), options.backend.layers));
  const std::string classes_top = AddClassAccuracy(&flat.net);
  ASSIGN_OR_RETURN(const std::unique_ptr<Evaluation> evaluation,
                   Evaluation::Create(flat.net, options, &data));
  BatchSource& source = evaluation->source();
  for (const std::string& line : source.Describe()) LOG(INFO) << line;
  RETURN_IF_ERROR(
      LoadAllWeights(weights, source, &parameters, backend.device.get()));
  Evaluation::Watcher watcher;
  ASSIGN_OR_RETURN(TestResult result,
                   evaluation->Run(&CatchStopSignals(), &watcher));
  for (const std::string& line : source.TakeNotices()) LOG(WARNING) << line;
  const std::vector<CountedMean> classes = TakeClasses(classes_top, &result);
  PrintResult(*evaluation, result, classes);
  return absl::OkStatus();
}

}  // namespace
}  // namespace tamp

int main(int argc, char** argv) {
  const int status = tamp::RunTool(
      argc, argv,
      "Tests a trained network, e.g. --net=net/densenet40.prototxt "
      "--weights=snapshots/cifar10_iter_101563.snapshot",
      tamp::TestFromFlags);
  return tamp::StopExitStatus() != 0 ? tamp::StopExitStatus() : status;
}
