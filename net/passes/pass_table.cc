#include <string>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "net/passes/pass.h"
#include "net/passes/passes.h"

namespace tamp {
namespace {

constexpr Pass kPasses[] = {
    {"merge_batch_norm_scale", MergeBatchNormScale, {"BatchNorm"}},
    {"pool_before_convolution",
     PoolBeforeConvolution,
     {"Convolution", "Pooling"}},
    {"elide_concat", ElideConcat},
    {"share_statistics",
     ShareStatistics,
     {"BatchNormApply", "BatchNormStatistics", "Concat"}},
    {"fuse_convolution", FuseConvolution, {"FusedConvolution"}},
    {"fuse_pooling", FusePooling, {"FusedPooling"}},
    {"finish_in_pooling",
     FinishInPooling,
     {"FusedConvolution", "FusedPooling"}},
};

}  // namespace

absl::Span<const Pass> AllPasses() { return kPasses; }

std::vector<Pass> PassesFor(absl::Span<const LayerRow> layers) {
  const auto is_there = [&](const char* type) {
    return type == nullptr || FindLayerRow(layers, type) != nullptr;
  };
  std::vector<Pass> passes;
  for (const Pass& pass : kPasses) {
    if (absl::c_all_of(pass.made_types, is_there)) passes.push_back(pass);
  }
  return passes;
}

absl::StatusOr<std::vector<Pass>> SelectPasses(absl::string_view names,
                                               absl::Span<const Pass> passes) {
  if (names == "all") return std::vector<Pass>(passes.begin(), passes.end());
  std::vector<Pass> selected;
  if (names == "none") return selected;
  const std::vector<std::string> wanted =
      absl::StrSplit(names, ',', absl::SkipEmpty());
  for (const Pass& pass : passes) {
    if (absl::c_linear_search(wanted, pass.name)) selected.push_back(pass);
  }
  for (const std::string& name : wanted) {
    if (absl::c_any_of(passes, [&](const Pass& p) { return name == p.name; })) {
      continue;
    }
    const auto append_name = [](std::string* out, const Pass& pass) {
      absl::StrAppend(out, pass.name);
    };
    return absl::InvalidArgumentError(
        absl::StrCat("unknown pass \"", name, "\": there are all, none, ",
                     absl::StrJoin(passes, ", ", append_name)));
  }
  return selected;
}

}  // namespace tamp
