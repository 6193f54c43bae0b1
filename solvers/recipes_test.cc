// The solver files of the project are what they say.

#include <string>

#include "gtest/gtest.h"
#include "solvers/sgd/epoch_clock.h"
#include "solvers/solver.h"
#include "solvers/solver_file.h"
#include "solvers/training_plan.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

// 130 epochs, learning rate 0.1 divided by 10 every 30 epochs.
void ExpectLongRecipe(const std::string& path, const std::string& net,
                      const EpochClock& clock) {
  ASSERT_OK_AND_ASSIGN(const SolverParameter solver, ReadSolver(path));
  ASSERT_OK(CheckSolver(solver));
  EXPECT_EQ(solver.net_param().name(), net);
  EXPECT_EQ(solver.type(), "SGD");
  EXPECT_EQ(solver.momentum(), 0.9f);
  EXPECT_EQ(solver.weight_decay(), 1e-4f);
  EXPECT_EQ(solver.regularization_type(), "L2");
  EXPECT_EQ(solver.iter_size(), 1);
  ASSERT_OK_AND_ASSIGN(const TrainingPlan plan,
                       TrainingPlan::Create(solver, clock));
  EXPECT_EQ(plan.total_epochs(), 130);
  EXPECT_FALSE(plan.tests_first());
  double rate = 0.1;
  for (int64_t epoch = 0; epoch < 130; epoch += 30, rate *= 0.1) {
    const int64_t first = clock.FirstIteration(epoch);
    const int64_t end = clock.FirstIteration(epoch + 30);
    EXPECT_NEAR(plan.lr_schedule().RateAt(first), rate, 1e-6 * rate);
    EXPECT_NEAR(plan.lr_schedule().RateAt(end - 1), rate, 1e-6 * rate);
  }
  for (int64_t epoch = 1; epoch <= 130; ++epoch) {
    EXPECT_TRUE(plan.TestsAfter(clock.FirstIteration(epoch))) << epoch;
  }
}

TEST(RecipesTest, Cifar10) {
  ExpectLongRecipe("solvers/cifar10.prototxt", "densenet40",
                   EpochClock(50000, 64));
}

TEST(RecipesTest, Imagenette) {
  ExpectLongRecipe("solvers/imagenette.prototxt", "densenet_bc121",
                   EpochClock(9469, 32));
}

TEST(RecipesTest, FashionMnist) {
  ASSERT_OK_AND_ASSIGN(const SolverParameter solver,
                       ReadSolver("solvers/fashion_mnist.prototxt"));
  ASSERT_OK(CheckSolver(solver));
  EXPECT_EQ(solver.net_param().name(), "densenet_fashion");
  EXPECT_LE(solver.max_epoch(), 10);
}

}  // namespace
}  // namespace tamp
