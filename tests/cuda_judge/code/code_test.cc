// What is read in compiled code, held against what its source says.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/files/read_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cuda_judge/code/fat_binary.h"
#include "tests/cuda_judge/code/kernel_code.h"
#include "tests/cuda_judge/code/kernel_table.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace cuda_judge {
namespace {

using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;

// Its path is an argument of the test.
std::string library;

// By their names without what is around them, for each architecture.
std::map<int, std::map<std::string, KernelCode>> SeededKernels() {
  std::map<int, std::map<std::string, KernelCode>> kernels;
  for (const std::string_view container : FindContainers(library)) {
    for (const MachineCode& code : MachineCodeOf(container)) {
      for (const auto& [mangled, kernel] : KernelsOf(code)) {
        const std::string name = ReadableName(mangled);
        kernels[code.architecture][name.substr(name.rfind(':') + 1)] = kernel;
      }
    }
  }
  return kernels;
}

TEST(CodeTest, ReadsWhatKernelsNeed) {
  const auto seeded = SeededKernels();
  EXPECT_THAT(seeded, testing::Not(testing::IsEmpty()));
  for (const auto& [architecture, kernels] : seeded) {
    SCOPED_TRACE(architecture);
    ASSERT_EQ(kernels.size(), 4u);
    const KernelCode& copy = kernels.at("CopyFloats");
    EXPECT_THAT(copy.parameters_bytes, ElementsAre(8, 8));
    EXPECT_GT(copy.registers, 0);
    EXPECT_LE(copy.registers, 32);
    EXPECT_EQ(copy.shared_bytes, 0);
    EXPECT_EQ(copy.local_bytes, 0);
    EXPECT_EQ(copy.most_threads, 0);

    const KernelCode& bounded = kernels.at("Bounded");
    EXPECT_THAT(bounded.parameters_bytes, ElementsAre(8));
    EXPECT_EQ(bounded.shared_bytes, 1000 * 4);
    EXPECT_EQ(bounded.most_threads, 128);

    EXPECT_GT(kernels.at("Greedy").registers, 100);
    EXPECT_EQ(kernels.at("Greedy").local_bytes, 0);

    // 1024 threads have 64 registers each.
    const KernelCode& spilling = kernels.at("Spilling");
    EXPECT_LE(spilling.registers, 64);
    EXPECT_GE(spilling.local_bytes, (100 - 64) * 4);
    EXPECT_EQ(spilling.most_threads, 1024);
  }
}

TEST(CodeTest, NamesKernelsForPeople) {
  EXPECT_EQ(ReadableName("_ZN4tamp7SetRowsEPfl"), "tamp::SetRows");
  EXPECT_EQ(ReadableName("_ZN4tamp3MapINS_4ReluEPFvvEEEvPfT0_"),
            "tamp::Map<tamp::Relu, void (*)()>");
  EXPECT_EQ(ReadableName("plain"), "plain");
}

TEST(CodeTest, TableHasALineForEachKernelAndArchitecture) {
  const std::string table = KernelTable(library);
  for (const auto& [architecture, kernels] : SeededKernels()) {
    const std::string sm = "sm_" + std::to_string(architecture);
    EXPECT_THAT(table,
                ContainsRegex(sm + " +[0-9]+ +4000 +0 +128  .*Bounded\n"));
    EXPECT_THAT(table,
                ContainsRegex(sm + " +[0-9]+ +0 +0 +any  .*CopyFloats\n"));
  }
}

TEST(CodeDeathTest, RefusesWhatIsCompressedOrCutOff) {
  std::string bytes = library;
  const std::string_view container = FindContainers(bytes).at(0);
  const size_t begin = container.data() - bytes.data();
  EXPECT_DEATH(FindContainers(std::string_view(bytes).substr(0, begin + 20)),
               "ends at");
  EXPECT_DEATH(MachineCodeOf(container.substr(0, container.size() - 1)),
               "ends at");
  bytes[begin + 16 + 40 + 1] |= '\x80';  // of the first image's flags
  EXPECT_DEATH(MachineCodeOf(container), "compressed");
}

}  // namespace
}  // namespace cuda_judge
}  // namespace tamp

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const auto file = tamp::ReadFile(argv[1], int64_t{1} << 30);
  EXPECT_OK(file.status());
  tamp::cuda_judge::library = *file;
  return RUN_ALL_TESTS();
}
