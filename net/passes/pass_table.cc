#include <iterator>
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
    {"merge_batch_norm_scale", MergeBatchNormScale},
    {"pool_before_convolution", PoolBeforeConvolution},
    {"elide_concat", ElideConcat},
    {"share_statistics", ShareStatistics},
    {"fuse_convolution", FuseConvolution},
    {"fuse_pooling", FusePooling},
    {"finish_in_pooling", FinishInPooling},
};

}  // namespace

absl::Span<const Pass> AllPasses() { return kPasses; }

absl::StatusOr<std::vector<Pass>> SelectPasses(absl::string_view names) {
  if (names == "all") {
    return std::vector<Pass>(std::begin(kPasses), std::end(kPasses));
  }
  std::vector<Pass> selected;
  if (names == "none") return selected;
  const std::vector<std::string> wanted =
      absl::StrSplit(names, ',', absl::SkipEmpty());
  for (const Pass& pass : kPasses) {
    if (absl::c_linear_search(wanted, pass.name)) selected.push_back(pass);
  }
  for (const std::string& name : wanted) {
    if (absl::c_any_of(kPasses,
                       [&](const Pass& p) { return name == p.name; })) {
      continue;
    }
    const auto append_name = [](std::string* out, const Pass& pass) {
      absl::StrAppend(out, pass.name);
    };
    return absl::InvalidArgumentError(
        absl::StrCat("unknown pass \"", name, "\": there are all, none, ",
                     absl::StrJoin(kPasses, ", ", append_name)));
  }
  return selected;
}

}  // namespace tamp
