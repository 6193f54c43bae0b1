// What a user reads who made a mistake in a net or a solver: every file of
// broken_nets/ begins with the message that it must get,
//
//   # expect: 4:3: layer "conv": group 5 does not divide num_output 16
//
// without the file's name in front. Nets go the way of the tools, from the file
// to a plan, and nothing is allocated for values on it.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/status_macros.h"
#include "gtest/gtest.h"
#include "net/backend.h"
#include "net/graph/parameter_store.h"
#include "net/planned_net.h"
#include "proto/text_format.h"
#include "solvers/solver.h"
#include "solvers/solver_file.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

constexpr char kFolder[] = "tests/broken_nets";
constexpr char kExpect[] = "# expect: ";

absl::Status PlanInBothPhases(const NetParameter& net) {
  const Backend backend = TestBackend();
  for (const Phase phase : {TRAIN, TEST}) {
    NetOptions options;
    options.phase = phase;
    options.backend = backend;
    ParameterStore parameters;
    const absl::Status status = PlanNet(net, options, &parameters).status();
    EXPECT_EQ(parameters.bytes(), 0) << "a plan allocates nothing";
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// Files named solver_* are solvers.
absl::Status Check(const std::string& path) {
  if (absl::StrContains(path, "/solver_")) {
    ASSIGN_OR_RETURN(const SolverParameter solver, ReadSolver(path));
    const absl::Status checked = CheckSolver(solver);
    if (!checked.ok()) return LocateSolverError(checked, solver, path);
    return PlanInBothPhases(solver.net_param());
  }
  ASSIGN_OR_RETURN(const NetParameter net, ReadNetFile(path));
  return PlanInBothPhases(net);
}

std::vector<std::string> BrokenFiles() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class BrokenNetsTest : public testing::TestWithParam<std::string> {};

TEST_P(BrokenNetsTest, SaysWhatIsWrongAndWhere) {
  const std::string path = absl::StrCat(kFolder, "/", GetParam(), ".prototxt");
  std::ifstream file(path);
  std::string first_line;
  std::getline(file, first_line);
  absl::string_view expected = first_line;
  ASSERT_TRUE(absl::ConsumePrefix(&expected, kExpect))
      << path << " does not say what is expected of it";
  const bool has_place = !expected.empty() && absl::ascii_isdigit(expected[0]);
  const absl::Status status = Check(path);
  EXPECT_EQ(std::string(status.message()),
            absl::StrCat(path, has_place ? ":" : ": ", expected));
  EXPECT_TRUE(absl::IsInvalidArgument(status) || absl::IsNotFound(status));
}

INSTANTIATE_TEST_SUITE_P(Files, BrokenNetsTest,
                         testing::ValuesIn(BrokenFiles()),
                         [](const testing::TestParamInfo<std::string>& info) {
                           return info.param;
                         });

// The folder is found at all.
TEST(BrokenNetsFolderTest, HasManyFiles) {
  EXPECT_GE(BrokenFiles().size(), 100u);
}

}  // namespace
}  // namespace tamp
