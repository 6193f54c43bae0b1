#include "net/graph/parameter_declaration.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "core/nearest_name.h"
#include "core/status_macros.h"
#include "layers/filler.h"
#include "net/text/layer_error.h"

namespace tamp {
namespace {

// Public Caffe files give their BatchNorm layers three ParamSpecs, for
// statistics that the solver must leave alone; ours are no business of its.
bool HasOnlyStatistics(const LayerPlan& plan) {
  return absl::c_all_of(plan.parameters, [](const ParameterPlan& parameter) {
    return parameter.kind == ParameterPlan::Kind::kStatistic;
  });
}

Parameter DescribeParameter(const LayerParameter& layer,
                            const ParameterPlan& plan, const ParamSpec& spec) {
  Parameter parameter;
  parameter.name = spec.name().empty()
                       ? absl::StrCat(layer.name(), "/", plan.name)
                       : spec.name();
  parameter.shape = plan.shape;
  parameter.kind = plan.kind;
  parameter.filler = plan.filler;
  parameter.value_when_absent = plan.value_when_absent;
  parameter.lr_mult = spec.lr_mult();
  parameter.decay_mult = spec.decay_mult();
  parameter.has_lr_mult = spec.has_lr_mult();
  parameter.has_decay_mult = spec.has_decay_mult();
  parameter.owner = layer.name();
  return parameter;
}

absl::Status CheckShared(const LayerParameter& layer, const Parameter& shared,
                         const Parameter& wanted, const ParamSpec& spec) {
  if (shared.kind != wanted.kind) {
    return LayerError(
        layer, absl::StrCat("shares parameter \"", shared.name,
                            "\" of layer \"", shared.owner, "\", but ",
                            shared.is_learned() ? "that" : "this",
                            " one is learned and the other a statistic"));
  }
  const bool fits =
      spec.share_mode() == ParamSpec::PERMISSIVE
          ? shared.shape.num_elements() == wanted.shape.num_elements()
          : shared.shape == wanted.shape;
  if (fits) return absl::OkStatus();
  return LayerError(
      layer,
      absl::StrCat("shares parameter \"", shared.name, "\" of layer \"",
                   shared.owner, "\", whose shape is ", shared.shape.ToString(),
                   "; here it is ", wanted.shape.ToString()));
}

absl::Status ShareMultiplier(const LayerParameter& layer,
                             absl::string_view field, const Parameter& shared,
                             bool wants, float wanted, bool* has,
                             float* multiplier) {
  if (!wants) return absl::OkStatus();
  if (*has && *multiplier != wanted) {
    return LayerError(
        layer, absl::StrCat("gives parameter \"", shared.name, "\" ", field,
                            " ", wanted, ", but it is ", *multiplier,
                            " where that parameter comes from, layer \"",
                            shared.owner, "\": give one of them only"));
  }
  *has = true;
  *multiplier = wanted;
  return absl::OkStatus();
}

// As in Caffe, any of the layers that share a parameter may give its
// multipliers, and others that do must agree.
absl::Status ShareMultipliers(const LayerParameter& layer,
                              const Parameter& wanted, Parameter* shared) {
  RETURN_IF_ERROR(ShareMultiplier(layer, "lr_mult", *shared, wanted.has_lr_mult,
                                  wanted.lr_mult, &shared->has_lr_mult,
                                  &shared->lr_mult));
  return ShareMultiplier(layer, "decay_mult", *shared, wanted.has_decay_mult,
                         wanted.decay_mult, &shared->has_decay_mult,
                         &shared->decay_mult);
}

// A parameter that no other net learns would keep its first values for ever.
absl::Status CheckLearnedElsewhere(const LayerParameter& layer,
                                   const Parameter& wanted,
                                   const ParameterStore& store) {
  if (wanted.is_learned() && wanted.lr_mult == 0) return absl::OkStatus();
  std::vector<std::string> names;
  for (const Parameter& parameter : store.parameters()) {
    names.push_back(parameter.name);
  }
  return LayerError(layer,
                    absl::StrCat("parameter \"", wanted.name,
                                 "\" is in no layer of the net that is trained",
                                 DidYouMean(wanted.name, names)));
}

absl::Status DeclareNodeParameters(NewParameters allowed, Node* node,
                                   ParameterStore* store) {
  const LayerParameter& layer = node->parameter;
  const LayerPlan& plan = node->plan;
  const bool ignores_specs =
      HasOnlyStatistics(plan) && !plan.parameters.empty();
  if (!ignores_specs &&
      layer.param_size() > static_cast<int>(plan.parameters.size())) {
    return LayerError(
        layer,
        absl::StrCat("has ", Counted(layer.param_size(), "param block"),
                     ", but ", Counted(plan.parameters.size(), "parameter")));
  }
  node->parameters.clear();
  for (size_t i = 0; i < plan.parameters.size(); ++i) {
    const bool has_spec =
        !ignores_specs && static_cast<int>(i) < layer.param_size();
    const ParamSpec spec = has_spec ? layer.param(i) : ParamSpec();
    Parameter wanted = DescribeParameter(layer, plan.parameters[i], spec);
    const absl::Status filler = ValidateFiller(wanted.filler, wanted.shape);
    if (!filler.ok()) {
      return LayerError(
          layer, absl::StrCat(plan.parameters[i].name, ": ", filler.message()));
    }
    Parameter* parameter = store->Find(wanted.name);
    if (parameter == nullptr) {
      if (allowed == NewParameters::kRefused) {
        RETURN_IF_ERROR(CheckLearnedElsewhere(layer, wanted, *store));
      }
      parameter = store->Add(std::move(wanted));
    } else {
      RETURN_IF_ERROR(CheckShared(layer, *parameter, wanted, spec));
      if (allowed == NewParameters::kAllowed) {
        RETURN_IF_ERROR(ShareMultipliers(layer, wanted, parameter));
      }
    }
    node->parameters.push_back(parameter);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status DeclareParameters(NewParameters allowed, Graph* graph,
                               ParameterStore* store) {
  for (Node& node : graph->nodes) {
    RETURN_IF_ERROR(DeclareNodeParameters(allowed, &node, store));
  }
  return absl::OkStatus();
}

}  // namespace tamp
