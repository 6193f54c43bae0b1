#include "solvers/evaluation/scores.h"

#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Names(const std::vector<NamedMeans>& means) {
  std::vector<std::string> names;
  for (const NamedMeans& mean : means) names.push_back(mean.name);
  return names;
}

Score Loss(const char* name, double weight) { return {name, 1, weight}; }
Score Accuracy(const char* name) { return {name, 1, 0, true, true}; }

TEST(CountedMeanTest, WeighsByCounts) {
  CountedMean mean;
  EXPECT_EQ(mean.value(), std::nullopt);
  mean.Add(0.5, 2);
  mean.Add(1, 6);
  EXPECT_EQ(mean.value(), 0.875);
  mean.Add(CountedMean{1, 8});
  EXPECT_EQ(mean.value(), 0.5);
}

TEST(ScoreTableTest, LossIsTheWeightedSumOfItsTerms) {
  const ScoreTable table({Loss("a", 1), Accuracy("top1"), Loss("b", 0.5)});
  EXPECT_EQ(table.num_numbers(), 3);
  const LossAndAccuracy mean =
      table.Summarize({CountedMean{6, 3}, {1, 4}, {8, 2}});
  EXPECT_EQ(mean.loss, 4);
  EXPECT_EQ(mean.accuracy, 0.25);
}

TEST(ScoreTableTest, NothingCounted) {
  const ScoreTable table({Loss("a", 1), Loss("b", 1), Accuracy("top1")});
  LossAndAccuracy mean = table.Summarize({CountedMean{6, 3}, {0, 0}, {0, 0}});
  EXPECT_EQ(mean.loss, 2);
  EXPECT_EQ(mean.accuracy, std::nullopt);
  mean = table.Summarize({CountedMean(), {}, {}});
  EXPECT_EQ(mean.loss, std::nullopt);
  EXPECT_EQ(ScoreTable().Summarize({}).loss, std::nullopt);
}

TEST(ScoreTableTest, OthersAreWhatTheSummaryDoesNotHold) {
  const std::vector<CountedMean> means(6, CountedMean{1, 2});
  EXPECT_THAT(ScoreTable({Loss("loss", 1), Accuracy("top1")}).Others(means),
              IsEmpty());
  const ScoreTable classes(
      {Loss("loss", 1), Accuracy("top1"), {"per_class", 3}, Accuracy("top5")});
  EXPECT_THAT(Names(classes.Others(means)), ElementsAre("per_class", "top5"));
  EXPECT_EQ(classes.Others(means)[0].numbers.size(), 3);
  EXPECT_EQ(classes.Others(means)[1].numbers.size(), 1);
  // Each of several terms, and a single one that is not the loss itself.
  EXPECT_THAT(Names(ScoreTable({Loss("a", 1), Loss("b", 1)}).Others(means)),
              ElementsAre("a", "b"));
  EXPECT_THAT(Names(ScoreTable({Loss("a", 0.3)}).Others(means)),
              ElementsAre("a"));
  EXPECT_THAT(Names(ScoreTable({Loss("a", 1), Loss("b", 0)}).Others(means)),
              ElementsAre("b"));
  // What a layer takes is no output: nor is it the net's accuracy.
  const ScoreTable taken(
      {{"a", 1, 1, false}, {"top1", 1, 0, false, true}, Accuracy("top5")});
  EXPECT_THAT(taken.Others(means), IsEmpty());
  EXPECT_EQ(taken.Summarize({CountedMean{}, {1, 1}, {1, 2}}).accuracy, 0.5);
}

}  // namespace
}  // namespace tamp
