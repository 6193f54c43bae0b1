#include "solvers/state/class_names.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/files/shown_name.h"

namespace tamp {

std::optional<std::string> FindOtherClass(const NumberedClasses& a,
                                          const NumberedClasses& b) {
  const size_t num_common = std::min(a.names.size(), b.names.size());
  for (size_t i = 0; i < num_common; ++i) {
    if (a.names[i] == b.names[i]) continue;
    return absl::StrCat("class ", i, " is \"", ShownName(a.names[i]), "\" ",
                        a.where, " and \"", ShownName(b.names[i]), "\" ",
                        b.where);
  }
  return std::nullopt;
}

absl::Status CheckClassNames(const NumberedClasses& a, const NumberedClasses& b,
                             absl::string_view remedy) {
  const std::optional<std::string> other = FindOtherClass(a, b);
  if (!other) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(*other, ": ", remedy));
}

}  // namespace tamp
