#include "layers/options/arity.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

absl::Status CheckCount(int count, Arity arity, absl::string_view noun) {
  if (count >= arity.min && count <= arity.max) return absl::OkStatus();
  std::string wanted;
  int number = arity.min;
  if (arity.min == arity.max) {
    wanted = absl::StrCat(arity.min);
  } else if (arity.max == Arity::kAny) {
    wanted = absl::StrCat("at least ", arity.min);
  } else {
    wanted = absl::StrCat(arity.min, " to ", arity.max);
    number = arity.max;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "takes ", wanted, " ", noun, number == 1 ? "" : "s", ", has ", count));
}

}  // namespace

absl::Status CheckArity(const LayerParameter& parameter, Arity bottoms,
                        Arity tops) {
  RETURN_IF_ERROR(CheckCount(parameter.bottom_size(), bottoms, "bottom"));
  return CheckCount(parameter.top_size(), tops, "top");
}

}  // namespace tamp
