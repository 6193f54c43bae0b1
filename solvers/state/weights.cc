#include "solvers/state/weights.h"

#include <map>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "core/nearest_name.h"
#include "core/status_macros.h"
#include "formats/weights_file.h"

namespace tamp {
namespace {

std::string Dotted(absl::string_view name) {
  return absl::StrReplaceAll(name, {{"/", "."}});
}

std::string ShapeText(absl::Span<const int64_t> dims) {
  return dims.empty() ? "scalar" : absl::StrJoin(dims, "x");
}

// Pairs tensors of files with parameters of the store.
class Matching {
 public:
  explicit Matching(const ParameterStore& parameters)
      : parameters_(parameters) {
    for (const Parameter& parameter : parameters.parameters()) {
      by_name_[Dotted(parameter.name)] = &parameter;
      names_.push_back(parameter.name);
    }
  }

  // An error when the parameter's values cannot be had.
  absl::Status Add(const std::string& path, StoredTensor tensor) {
    const auto found = by_name_.find(Dotted(tensor.name));
    if (found == by_name_.end()) {
      unused_.push_back(absl::StrCat(path, ": the net has no parameter \"",
                                     tensor.name, "\"",
                                     DidYouMean(tensor.name, names_)));
      return absl::OkStatus();
    }
    const Parameter& parameter = *found->second;
    if (parameter.shape.dims() != tensor.dims) {
      unused_.push_back(absl::StrCat(
          path, ": \"", tensor.name, "\" is ", ShapeText(tensor.dims),
          ", the parameter \"", parameter.name, "\" of the net is ",
          parameter.shape.ToString()));
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(tensor.unusable);
    values_[&parameter] = std::move(tensor.values);
    return absl::OkStatus();
  }

  // Gives parameters that may be absent their value beside those that are
  // there.
  void AssumeAbsent() {
    for (const Parameter& parameter : parameters_.parameters()) {
      if (!parameter.value_when_absent || values_.count(&parameter) > 0 ||
          !HasAllOthers(parameter)) {
        continue;
      }
      values_[&parameter].assign(parameter.shape.num_elements(),
                                 *parameter.value_when_absent);
      assumed_.insert(&parameter);
    }
  }

  // The first thing that does not fit, and how many more there are.
  absl::Status CheckComplete(absl::Span<const std::string> paths) const {
    std::vector<std::string> problems = unused_;
    for (const Parameter& parameter : parameters_.parameters()) {
      if (values_.count(&parameter) > 0) continue;
      problems.push_back(absl::StrCat(absl::StrJoin(paths, ", "),
                                      ": no tensor for the parameter \"",
                                      parameter.name, "\""));
    }
    if (problems.empty()) return absl::OkStatus();
    const size_t more = problems.size() - 1;
    return absl::InvalidArgumentError(absl::StrCat(
        problems[0], more > 0 ? absl::StrCat(" (and ", more, " more)") : "",
        "; --allow_missing loads what fits"));
  }

  bool is_empty() const { return values_.empty(); }

  WeightsReport Load(Device* device) const {
    WeightsReport report;
    for (const Parameter& parameter : parameters_.parameters()) {
      if (report.layers.empty() ||
          report.layers.back().layer != parameter.owner) {
        report.layers.emplace_back();
        report.layers.back().layer = parameter.owner;
      }
      LayerWeights& layer = report.layers.back();
      ++layer.num_parameters;
      const auto found = values_.find(&parameter);
      if (found == values_.end()) continue;
      ++layer.num_loaded;
      device->CopyFromHost(found->second.data(),
                           found->second.size() * sizeof(float),
                           parameter.data);
      if (assumed_.count(&parameter) > 0) {
        layer.assumed.emplace_back(parameter.name,
                                   *parameter.value_when_absent);
      }
    }
    report.unused = unused_;
    return report;
  }

 private:
  // Of the parameter's layer.
  bool HasAllOthers(const Parameter& parameter) const {
    return absl::c_all_of(
        parameters_.parameters(), [&](const Parameter& other) {
          return &other == &parameter || other.owner != parameter.owner ||
                 values_.count(&other) > 0;
        });
  }

  const ParameterStore& parameters_;
  std::map<std::string, const Parameter*> by_name_;  // dotted
  std::vector<std::string> names_;
  std::map<const Parameter*, std::vector<float>> values_;
  std::set<const Parameter*> assumed_;  // not from a file
  std::vector<std::string> unused_;
};

}  // namespace

absl::StatusOr<WeightsReport> LoadWeights(absl::Span<const std::string> paths,
                                          bool allow_missing,
                                          ParameterStore* parameters,
                                          Device* device) {
  Matching matching(*parameters);
  std::vector<NumberedClasses> classes;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(StoredWeights stored, ReadWeightsFile(path));
    for (StoredTensor& tensor : stored.tensors) {
      RETURN_IF_ERROR(matching.Add(path, std::move(tensor)));
    }
    if (stored.class_names.empty()) continue;
    classes.push_back(
        {absl::StrCat("in ", path), std::move(stored.class_names)});
  }
  if (matching.is_empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(absl::StrJoin(paths, ", "),
                     ": no tensor has name and shape of a parameter of the "
                     "net"));
  }
  matching.AssumeAbsent();
  if (!allow_missing) RETURN_IF_ERROR(matching.CheckComplete(paths));
  WeightsReport report = matching.Load(device);
  report.classes = std::move(classes);
  return report;
}

absl::Status CheckWeightsClasses(const WeightsReport& report,
                                 const NumberedClasses& data, ClassUse use) {
  for (const NumberedClasses& trained : report.classes) {
    if (use == ClassUse::kTrained &&
        trained.names.size() != data.names.size()) {
      continue;
    }
    RETURN_IF_ERROR(CheckClassNames(
        trained, data,
        "scores would be taken for those of other classes; name "
        "the classes alike, or use --allow_other_classes"));
  }
  return absl::OkStatus();
}

std::vector<std::string> DescribeWeights(const WeightsReport& report) {
  std::vector<std::string> lines;
  for (const LayerWeights& layer : report.layers) {
    std::string what = "loaded";
    if (layer.num_loaded == 0) {
      what = "not loaded";
    } else if (layer.num_loaded < layer.num_parameters) {
      what = absl::StrCat(layer.num_loaded, " of ", layer.num_parameters,
                          " loaded");
    }
    for (const auto& [name, value] : layer.assumed) {
      absl::StrAppend(&what, ", ", name, " taken as ", value);
    }
    lines.push_back(absl::StrCat(layer.layer, ": ", what));
  }
  for (const std::string& unused : report.unused) {
    lines.push_back(absl::StrCat("not used: ", unused));
  }
  return lines;
}

std::vector<std::string> SplitPaths(absl::string_view paths) {
  return absl::StrSplit(paths, ',', absl::SkipWhitespace());
}

}  // namespace tamp
