// Messages about images of a data set that cannot be read.

#ifndef TAMP_DATA_DATASETS_UNREADABLE_IMAGES_H_
#define TAMP_DATA_DATASETS_UNREADABLE_IMAGES_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace tamp {

// So many files are named in a message or, one by one, in a training; of
// others only the number is told.
constexpr int64_t kMaxNamedImages = 20;

// By index; an error names the file.
using UnreadableImages = std::map<int64_t, absl::Status>;

// The one error of opening num_images images of which some, at least one, are
// unreadable; several files stand in a line each.
absl::Status UnreadableError(const std::string& location, int64_t num_images,
                             const UnreadableImages& unreadable);

// Lines that say which are left out; none where all are readable.
std::vector<std::string> UnreadableNotes(const std::string& location,
                                         int64_t num_images,
                                         const UnreadableImages& unreadable);

}  // namespace tamp

#endif  // TAMP_DATA_DATASETS_UNREADABLE_IMAGES_H_
