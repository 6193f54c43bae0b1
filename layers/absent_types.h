// Types of layers that Caffe has and Tamp has not.

#ifndef TAMP_LAYERS_ABSENT_TYPES_H_
#define TAMP_LAYERS_ABSENT_TYPES_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace tamp {

struct AbsentType {
  const char* type;
  const char* remedy;  // what to write instead; empty where there is nothing
};

// All types in the registry of BVLC's Caffe but ours, sorted.
absl::Span<const AbsentType> AbsentTypes();

// Null when it is none of them.
const AbsentType* FindAbsentType(absl::string_view type);

}  // namespace tamp

#endif  // TAMP_LAYERS_ABSENT_TYPES_H_
