#include "core/cuda/cudnn/engine.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/cuda/cudnn/convolution_graph.h"
#include "core/status_macros.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using Notes = std::vector<cudnnBackendNumericalNote_t>;

ConvolutionProblem Problem(ElementType type, ConvolutionMath math) {
  ConvolutionProblem problem;
  problem.math = math;
  LayOutDense(type, TensorOrder::kRowMajor, 16, &problem);
  return problem;
}

const ConvolutionProblem kFp32 =
    Problem(ElementType::kFloat32, ConvolutionMath::kFp32);
const ConvolutionProblem kTf32 =
    Problem(ElementType::kFloat32, ConvolutionMath::kTf32);
const ConvolutionProblem kHalf =
    Problem(ElementType::kFloat16, ConvolutionMath::kFp32);

TEST(RefusalOfTest, TakesPlainEngines) {
  for (const ConvolutionProblem& problem : {kFp32, kTf32, kHalf}) {
    EXPECT_EQ(RefusalOf({}, problem), "");
    EXPECT_EQ(RefusalOf(Notes{CUDNN_NUMERICAL_NOTE_STRICT_NAN_PROP}, problem),
              "");
    EXPECT_EQ(RefusalOf(Notes{CUDNN_NUMERICAL_NOTE_WINOGRAD,
                              CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_4x4},
                        problem),
              "");
  }
}

TEST(RefusalOfTest, KeepsFloat32FromTensorCores) {
  const Notes notes = {CUDNN_NUMERICAL_NOTE_TENSOR_CORE};
  EXPECT_EQ(RefusalOf(notes, kFp32), "tensor cores");
  EXPECT_EQ(RefusalOf(notes, kTf32), "");
  EXPECT_EQ(RefusalOf(notes, kHalf), "");
}

TEST(RefusalOfTest, RefusesWhatNoMathAllows) {
  for (const ConvolutionProblem& problem : {kFp32, kTf32, kHalf}) {
    for (const cudnnBackendNumericalNote_t note :
         {CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC,
          CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION,
          CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS,
          CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_6x6,
          CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_13x13}) {
      EXPECT_NE(
          RefusalOf(Notes{CUDNN_NUMERICAL_NOTE_STRICT_NAN_PROP, note}, problem),
          "")
          << note;
    }
  }
}

class ProposeEnginesTest : public testing::Test {
 protected:
  // A layer of densenet40 on an A100.
  absl::StatusOr<std::vector<EngineProposal>> Propose(
      cudnnBackendHeurMode_t mode) {
    ASSIGN_OR_RETURN(const std::string a100, DeviceDescription("a100"));
    ASSIGN_OR_RETURN(const PlanTarget target, PlanTarget::Described(a100));
    ConvolutionProblem problem;
    problem.num = 64;
    problem.channels = 160;
    problem.height = problem.width = 32;
    problem.num_output = 12;
    problem.kernel_h = problem.kernel_w = 3;
    problem.pad_h = problem.pad_w = 1;
    LayOutDense(ElementType::kFloat32, TensorOrder::kRowMajor, 256, &problem);
    ASSIGN_OR_RETURN(graph_, MakeConvolutionGraph(problem, target));
    return ProposeEngines(graph_.back(), target, mode);
  }

 private:
  std::vector<CudnnDescriptor> graph_;
};

TEST_F(ProposeEnginesTest, ReadsNumbersAndNotes) {
  for (const auto mode : {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK}) {
    ASSERT_OK_AND_ASSIGN(const std::vector<EngineProposal> proposals,
                         Propose(mode));
    ASSERT_FALSE(proposals.empty());
    int num_plain = 0;
    for (const EngineProposal& proposal : proposals) {
      EXPECT_GE(proposal.engine, 0);
      num_plain += RefusalOf(proposal.notes, kFp32).empty();
    }
    EXPECT_GT(num_plain, 0);
    if (mode == CUDNN_HEUR_MODE_A) {
      EXPECT_LT(num_plain, static_cast<int>(proposals.size()));
    }
  }
}

TEST_F(ProposeEnginesTest, ReadsNoMoreThanThereIsRoomFor) {
  ASSERT_OK_AND_ASSIGN(const std::vector<EngineProposal> proposals,
                       Propose(CUDNN_HEUR_MODE_A));
  size_t most_notes = 0;
  for (const EngineProposal& proposal : proposals) {
    most_notes = std::max(most_notes, proposal.notes.size());
    ASSERT_OK_AND_ASSIGN(const std::vector<CudnnDescriptor> engines,
                         proposal.configuration.GetDescriptors(
                             CUDNN_ATTR_ENGINECFG_ENGINE,
                             CUDNN_BACKEND_ENGINE_DESCRIPTOR, "engine"));
    ASSERT_EQ(engines.size(), 1);
    ASSERT_OK_AND_ASSIGN(const Notes notes,
                         engines[0].Get<cudnnBackendNumericalNote_t>(
                             CUDNN_ATTR_ENGINE_NUMERICAL_NOTE, /*room=*/1));
    EXPECT_EQ(notes.size(), std::min<size_t>(proposal.notes.size(), 1));
  }
  EXPECT_GE(most_notes, 2) << "such as Winograd and the size of its tiles";
}

TEST(NoteNamesTest, AreSeparatedByCommas) {
  EXPECT_EQ(NoteNames({}), "");
  EXPECT_EQ(NoteNames(Notes{CUDNN_NUMERICAL_NOTE_WINOGRAD,
                            CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC}),
            "Winograd, not the same bits each time");
}

}  // namespace
}  // namespace tamp
