// Checks that two data sets give the same labels to the same classes. Labels
// follow the order of the folders' names: when one is renamed, others may get
// new labels, and only the names show it.

#ifndef TAMP_SOLVERS_STATE_CLASS_NAMES_H_
#define TAMP_SOLVERS_STATE_CLASS_NAMES_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tamp {

struct NumberedClasses {
  std::string where;               // "in the snapshot", "in data/train"
  std::vector<std::string> names;  // in the order of labels; may be empty
};

// The first label that means another class, `class 0 is "cat" in the snapshot
// and "dog" in data/train`; labels that only one side has do not count. None
// where all mean the same or one side has no names.
std::optional<std::string> FindOtherClass(const NumberedClasses& a,
                                          const NumberedClasses& b);

// OK where there is none; else a FailedPrecondition with the remedy behind it.
absl::Status CheckClassNames(const NumberedClasses& a, const NumberedClasses& b,
                             absl::string_view remedy);

}  // namespace tamp

#endif  // TAMP_SOLVERS_STATE_CLASS_NAMES_H_
