#include "tools/reports/table.h"

#include "gtest/gtest.h"

namespace tamp {
namespace {

TEST(TableTest, AlignsColumns) {
  Table table({{"layer"}, {"parameters", Table::Align::kRight}, {"type"}});
  table.AddRow({"conv1", "1,728", "Convolution"});
  table.AddRow({"relu", "", "ReLU"});
  table.AddRule();
  table.AddRow({"total", "1,728", ""});
  EXPECT_EQ(table.ToString(),
            "layer  parameters  type\n"
            "------------------------------\n"
            "conv1       1,728  Convolution\n"
            "relu               ReLU\n"
            "------------------------------\n"
            "total       1,728\n");
}

TEST(TableTest, ShortensLongCellsInTheMiddle) {
  Table table({{"layer", Table::Align::kLeft, 10}});
  table.AddRow({"0123456789"});
  table.AddRow({"0123456789a"});
  EXPECT_EQ(table.ToString(),
            "layer\n"
            "----------\n"
            "0123456789\n"
            "0123..789a\n");
}

}  // namespace
}  // namespace tamp
