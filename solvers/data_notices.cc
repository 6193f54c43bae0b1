#include "solvers/data_notices.h"

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "data/batch_source.h"

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

void Append(const char* what, const BatchSource& source,
            std::vector<std::string>* lines) {
  std::vector<std::string> description = source.Describe();
  if (description.empty()) return;
  description[0] = absl::StrCat(what, ": ", description[0]);
  lines->insert(lines->end(), description.begin(), description.end());
}

}  // namespace

std::vector<std::string> DescribeData(const Solver& solver) {
  std::vector<std::string> lines;
  Append("train data", solver.train_source(), &lines);
  for (const BatchSource* test : TestSources(solver)) {
    Append("test data", *test, &lines);
  }
  return lines;
}

}  // namespace tamp
