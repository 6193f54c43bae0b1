#include "solvers/report/data_notices.h"

#include <optional>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "data/batch_source.h"
#include "solvers/state/class_names.h"

namespace tamp {
namespace {

// The sources of the test nets, each once.
std::vector<const BatchSource*> TestSources(const Solver& solver) {
  std::vector<const BatchSource*> sources;
  for (const auto& evaluation : solver.evaluations()) {
    const BatchSource* source = &evaluation->source();
    if (!absl::c_linear_search(sources, source)) sources.push_back(source);
  }
  return sources;
}

NumberedClasses ClassesOf(const BatchSource& source) {
  return {absl::StrCat("in ", source.location()), source.class_names()};
}

void Append(const char* what, const BatchSource& source,
            std::vector<std::string>* lines) {
  std::vector<std::string> description = source.Describe();
  if (description.empty()) return;
  description[0] = absl::StrCat(what, ": ", description[0]);
  lines->insert(lines->end(), description.begin(), description.end());
}

}  // namespace

std::vector<std::string> DescribeData(const Solver& solver) {
  const BatchSource& train = solver.train_source();
  std::vector<std::string> lines;
  Append("train data", train, &lines);
  for (const BatchSource* test : TestSources(solver)) {
    Append("test data", *test, &lines);
    const std::optional<std::string> other =
        FindOtherClass(ClassesOf(train), ClassesOf(*test));
    if (other) lines.push_back(absl::StrCat("warning: ", *other));
  }
  return lines;
}

std::vector<std::string> DescribeSkipped(const Solver& solver) {
  std::vector<const BatchSource*> sources = TestSources(solver);
  sources.insert(sources.begin(), &solver.train_source());
  std::vector<std::string> lines;
  for (const BatchSource* source : sources) {
    const int64_t count = source->num_skipped();
    if (count == 0) continue;
    lines.push_back(absl::StrCat(source->location(), ": ", count,
                                 count == 1 ? " image was" : " images were",
                                 " skipped as unreadable"));
  }
  return lines;
}

}  // namespace tamp
