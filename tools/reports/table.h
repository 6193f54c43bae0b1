// Table: rows of text in aligned columns, for standard output.
//
//   Table table({{"layer"}, {"parameters", Table::Align::kRight}});
//   table.AddRow({"conv1", "1,728"});
//   std::cout << table.ToString();
//
// A cell longer than its column's widest allowed is cut in the middle, where
// names of layers differ least: "block1/../conv".

#ifndef TAMP_TOOLS_REPORTS_TABLE_H_
#define TAMP_TOOLS_REPORTS_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

namespace tamp {

class Table {
 public:
  enum class Align { kLeft, kRight };

  struct Column {
    std::string title;
    Align align = Align::kLeft;
    size_t max_width = 40;  // at least 4
  };

  explicit Table(std::vector<Column> columns);

  // REQUIRES: as many cells as columns.
  void AddRow(std::vector<std::string> cells);
  // A line across the table: before totals.
  void AddRule();

  // The titles, a rule, the rows; two spaces between columns, no spaces at the
  // ends of lines.
  std::string ToString() const;

 private:
  std::vector<size_t> Widths() const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;  // without cells: a rule
};

}  // namespace tamp

#endif  // TAMP_TOOLS_REPORTS_TABLE_H_
