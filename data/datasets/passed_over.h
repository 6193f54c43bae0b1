// Files and folders that a data set has no use for: counted, and named by kind.

#ifndef TAMP_DATA_DATASETS_PASSED_OVER_H_
#define TAMP_DATA_DATASETS_PASSED_OVER_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/string_view.h"

namespace tamp {

class PassedOver {
 public:
  // A kind reads behind a number: ".bmp", "without ending". The first example
  // of a kind is kept.
  void Add(absl::string_view kind, absl::string_view example);
  // A file by its name's ending.
  void AddFile(absl::string_view name, absl::string_view example);
  void Add(const PassedOver& other);

  int64_t count() const { return count_; }
  // `3 .bmp (cat/1.bmp), 1 without ending (cat/x)`, the most frequent first.
  std::string ToString() const;

 private:
  struct Kind {
    int64_t count = 0;
    std::string example;
  };
  std::map<std::string, Kind> kinds_;
  int64_t count_ = 0;
};

}  // namespace tamp

#endif  // TAMP_DATA_DATASETS_PASSED_OVER_H_
