#include "data/datasets/describe_dataset.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/files/shown_name.h"

namespace tamp {
namespace {

constexpr size_t kMaxListBytes = 160;

// Readable images a class.
std::vector<int64_t> CountLabels(const Dataset& dataset) {
  std::vector<int64_t> counts(dataset.num_classes(), 0);
  const auto add = [&](int64_t index, int64_t count) {
    const int label = dataset.label(index);
    if (label < dataset.num_classes()) counts[label] += count;
  };
  for (int64_t i = 0; i < dataset.size(); ++i) add(i, 1);
  for (const int64_t i : dataset.unreadable()) add(i, -1);
  return counts;
}

// `; 20 images have labels that are no class: 255`.
std::string OutsideText(const Dataset& dataset, int64_t num_outside) {
  if (dataset.outside_labels().empty()) return "";
  std::string list;
  for (const OutsideLabel& outside : dataset.outside_labels()) {
    if (list.size() > kMaxListBytes) {
      absl::StrAppend(&list, ", ...");
      break;
    }
    absl::StrAppend(&list, list.empty() ? "" : ", ", outside.label);
  }
  return absl::StrCat("; ", num_outside,
                      num_outside == 1 ? " image has a label that is no class: "
                                       : " images have labels that are no "
                                         "class: ",
                      list);
}

std::string ClassText(const Dataset& dataset, int label) {
  return dataset.class_names().empty()
             ? absl::StrCat(label)
             : ShownName(dataset.class_names()[label]);
}

// `cat 20, dog 10`; without the counts where they are all the same. Long lists
// end with the last class: `tench, goldfish, ... toilet_tissue`.
std::string ListClasses(const Dataset& dataset,
                        const std::vector<int64_t>& counts, bool has_counts) {
  const auto item = [&](int label) {
    const std::string text = ClassText(dataset, label);
    return has_counts ? absl::StrCat(text, " ", counts[label]) : text;
  };
  const int last = dataset.num_classes() - 1;
  std::string list;
  for (int label = 0; label <= last; ++label) {
    if (label < last && list.size() > kMaxListBytes) {
      return absl::StrCat(list, ", ... ", item(last));
    }
    absl::StrAppend(&list, label == 0 ? "" : ", ", item(label));
  }
  return list;
}

}  // namespace

std::vector<std::string> DescribeDataset(const Dataset& dataset) {
  const std::vector<int64_t> counts = CountLabels(dataset);
  const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
  const bool is_even = *least == *most;
  const int64_t num_images = dataset.size() - dataset.unreadable().size();
  std::string line =
      absl::StrCat(dataset.location(), ": ", num_images,
                   num_images == 1 ? " image" : " images", " of ",
                   counts.size(), counts.size() == 1 ? " class" : " classes");
  if (is_even && counts.size() > 1) {
    absl::StrAppend(&line, ", ", *least, " each");
  }
  if (!is_even) {
    absl::StrAppend(&line, ", ", *least, " to ", *most, " each");
  }
  if (!is_even || !dataset.class_names().empty()) {
    absl::StrAppend(&line, ": ", ListClasses(dataset, counts, !is_even));
  }
  const int64_t num_outside =
      num_images - std::accumulate(counts.begin(), counts.end(), int64_t{0});
  absl::StrAppend(&line, OutsideText(dataset, num_outside));
  std::vector<std::string> lines = {line};
  for (std::string& note : dataset.notes()) lines.push_back(std::move(note));
  return lines;
}

}  // namespace tamp
