// SkippedImages: images that could not be read while samples were drawn.

#ifndef TAMP_DATA_SAMPLES_SKIPPED_IMAGES_H_
#define TAMP_DATA_SAMPLES_SKIPPED_IMAGES_H_

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "data/datasets/unreadable_images.h"

namespace tamp {

class SkippedImages {
 public:
  // `known` are those that have been named before; they count.
  explicit SkippedImages(const std::vector<int64_t>& known)
      : indices_(known.begin(), known.end()) {}

  // Whether it is the first time.
  bool Add(int64_t index, const absl::Status& error) {
    if (!indices_.insert(index).second) return false;
    if (++num_new_ <= kMaxNamedImages) {
      notices_.push_back(absl::StrCat("skipped: ", error.message()));
    } else if (num_new_ == kMaxNamedImages + 1) {
      notices_.push_back("skipped: more images, which are only counted");
    }
    return true;
  }

  // One that another rank has named.
  bool AddNamed(int64_t index) { return indices_.insert(index).second; }

  int64_t count() const { return indices_.size(); }
  // Ascending.
  std::vector<int64_t> indices() const {
    return {indices_.begin(), indices_.end()};
  }

  // A line for each image since the last call, not too many in all.
  std::vector<std::string> TakeNotices() {
    return std::exchange(notices_, std::vector<std::string>());
  }

 private:
  std::set<int64_t> indices_;
  int64_t num_new_ = 0;
  std::vector<std::string> notices_;
};

}  // namespace tamp

#endif  // TAMP_DATA_SAMPLES_SKIPPED_IMAGES_H_
