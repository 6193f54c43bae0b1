// Prints how far the tensors of two safetensors files are apart: of two dumps,
// or of a dump and another framework's file.
//
//   compare --a=recorded.safetensors --b=/tmp/tiny.safetensors --tolerance=1e-4

#include <iostream>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/status_macros.h"
#include "formats/safetensors.h"
#include "tools/flags/command_line.h"
#include "tools/reports/table.h"
#include "tools/runs/tensor_comparison.h"

ABSL_FLAG(std::string, a, "", "A safetensors file: what is expected.");
ABSL_FLAG(std::string, b, "", "A safetensors file.");
ABSL_FLAG(double, tolerance, 1e-4,
          "The relative error up to which tensors count as equal.");

namespace tamp {
namespace {

constexpr char kUsage[] =
    "Compares the tensors that two files have in common: relative error "
    "|b - a| / |a| in the Euclidean norm. An error when one is above the "
    "tolerance.";

absl::StatusOr<Safetensors> ReadFile(absl::string_view flag,
                                     const std::string& path) {
  RETURN_IF_ERROR(RequireFlag(flag, path, "x.safetensors"));
  absl::StatusOr<Safetensors> file = Safetensors::Read(path);
  if (!file.ok()) return ExplainMissingFile(file.status(), path);
  return file;
}

absl::Status Compare() {
  ASSIGN_OR_RETURN(const Safetensors a, ReadFile("a", absl::GetFlag(FLAGS_a)));
  ASSIGN_OR_RETURN(const Safetensors b, ReadFile("b", absl::GetFlag(FLAGS_b)));
  const double tolerance = absl::GetFlag(FLAGS_tolerance);
  Table table({{"tensor", Table::Align::kLeft, 48},
               {"relative error", Table::Align::kRight},
               {"largest difference", Table::Align::kRight},
               {""}});
  int compared = 0, unequal = 0;
  for (const TensorDifference& difference : CompareTensors(a, b)) {
    const bool is_equal = difference.relative_error <= tolerance;
    if (!is_equal) ++unequal;
    if (!difference.mismatch.empty()) {
      table.AddRow({difference.name, "", "", difference.mismatch});
      continue;
    }
    ++compared;
    table.AddRow({difference.name,
                  absl::StrFormat("%.2e", difference.relative_error),
                  absl::StrFormat("%.2e", difference.largest_difference),
                  is_equal ? "" : "differs"});
  }
  std::cout << table.ToString();
  std::cout << compared << " tensors compared, " << unequal << " differ\n";
  if (unequal > 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("tensors above the tolerance: ", unequal));
  }
  if (compared == 0) {
    return absl::FailedPreconditionError("the files have no tensor in common");
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace tamp

int main(int argc, char** argv) {
  return tamp::RunTool(argc, argv, tamp::kUsage, tamp::Compare);
}
