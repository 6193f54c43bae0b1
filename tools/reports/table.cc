#include "tools/reports/table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"

namespace tamp {
namespace {

std::string Shorten(const std::string& text, size_t max_width) {
  if (text.size() <= max_width) return text;
  const size_t head = (max_width - 2) / 2;
  const size_t tail = max_width - 2 - head;
  return absl::StrCat(text.substr(0, head), "..",
                      text.substr(text.size() - tail));
}

std::string Pad(const std::string& text, size_t width, Table::Align align) {
  const std::string spaces(width - text.size(), ' ');
  return align == Table::Align::kLeft ? text + spaces : spaces + text;
}

std::string Line(const std::vector<std::string>& cells,
                 const std::vector<Table::Column>& columns,
                 const std::vector<size_t>& widths) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    absl::StrAppend(&line, i > 0 ? "  " : "",
                    Pad(cells[i], widths[i], columns[i].align));
  }
  absl::StripTrailingAsciiWhitespace(&line);
  return line + "\n";
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::AddRow(std::vector<std::string> cells) {
  CHECK_EQ(cells.size(), columns_.size());
  for (size_t i = 0; i < cells.size(); ++i) {
    cells[i] = Shorten(cells[i], columns_[i].max_width);
  }
  rows_.push_back(std::move(cells));
}

void Table::AddRule() { rows_.emplace_back(); }

std::vector<size_t> Table::Widths() const {
  std::vector<size_t> widths;
  for (const Column& column : columns_) widths.push_back(column.title.size());
  for (const std::vector<std::string>& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  return widths;
}

std::string Table::ToString() const {
  const std::vector<size_t> widths = Widths();
  size_t total = 2 * (widths.size() - 1);
  for (const size_t width : widths) total += width;
  const std::string rule = std::string(total, '-') + "\n";

  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  std::string text = Line(titles, columns_, widths) + rule;
  for (const std::vector<std::string>& row : rows_) {
    text += row.empty() ? rule : Line(row, columns_, widths);
  }
  return text;
}

}  // namespace tamp
