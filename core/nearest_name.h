// The known name that a mistyped one probably meant, for error messages.

#ifndef TAMP_CORE_NEAREST_NAME_H_
#define TAMP_CORE_NEAREST_NAME_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace tamp {

// The candidate with the fewest edits from `name`: letters inserted, deleted,
// replaced, or swapped with their neighbor; case does not count. Empty when
// even the nearest differs in more than a third of its letters. Of equals, the
// first.
std::string NearestName(absl::string_view name,
                        const std::vector<std::string>& candidates);

// `; did you mean "bottom"?`, or empty where no candidate is near. To be put at
// the end of a message.
std::string DidYouMean(absl::string_view name,
                       const std::vector<std::string>& candidates);

}  // namespace tamp

#endif  // TAMP_CORE_NEAREST_NAME_H_
