#include "tests/cuda_judge/code/kernel_table.h"

#include <cxxabi.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <tuple>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "tests/cuda_judge/code/fat_binary.h"
#include "tests/cuda_judge/code/kernel_code.h"

namespace tamp {
namespace cuda_judge {
namespace {

// Where the last parenthesis opens that closes at the end.
size_t BeginOfParameters(absl::string_view name) {
  if (!absl::EndsWith(name, ")")) return name.size();
  int depth = 0;
  size_t place = name.size();
  do {
    --place;
    depth += (name[place] == ')') - (name[place] == '(');
  } while (depth > 0 && place > 0);
  return place;
}

}  // namespace

std::string ReadableName(const std::string& mangled) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> demangled(
      abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &status),
      std::free);
  if (demangled == nullptr) return mangled;
  absl::string_view name = demangled.get();
  absl::ConsumePrefix(&name, "void ");
  return std::string(name.substr(0, BeginOfParameters(name)));
}

std::string KernelTable(std::string_view file) {
  struct Line {
    std::string name;
    int architecture;
    KernelCode kernel;
  };
  std::vector<Line> lines;
  for (const std::string_view container : FindContainers(file)) {
    for (const MachineCode& code : MachineCodeOf(container)) {
      for (const auto& [name, kernel] : KernelsOf(code)) {
        lines.push_back({ReadableName(name), code.architecture, kernel});
      }
    }
  }
  std::sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return std::tie(a.name, a.architecture) < std::tie(b.name, b.architecture);
  });
  std::string table =
      absl::StrFormat("%5s %9s %12s %11s %12s  %s\n", "", "registers",
                      "shared bytes", "local bytes", "most threads", "kernel");
  for (const auto& [name, architecture, kernel] : lines) {
    absl::StrAppendFormat(
        &table, "sm_%d %9d %12d %11d %12s  %s\n", architecture,
        kernel.registers, kernel.shared_bytes, kernel.local_bytes,
        kernel.most_threads == 0 ? "any" : absl::StrCat(kernel.most_threads),
        name);
  }
  return table;
}

}  // namespace cuda_judge
}  // namespace tamp
