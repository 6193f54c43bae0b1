#include "core/cuda/cudnn/engine.h"

#include <vector>

#include "gtest/gtest.h"

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

TEST(NoteNamesTest, AreSeparatedByCommas) {
  EXPECT_EQ(NoteNames({}), "");
  EXPECT_EQ(NoteNames(Notes{CUDNN_NUMERICAL_NOTE_WINOGRAD,
                            CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC}),
            "Winograd, not the same bits each time");
}

}  // namespace
}  // namespace tamp
