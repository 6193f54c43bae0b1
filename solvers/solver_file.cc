#include "solvers/solver_file.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "proto/text_format.h"

namespace tamp {
namespace {

absl::StatusOr<NetParameter> ReadNet(const std::string& path,
                                     const std::string& solver_path) {
  absl::StatusOr<NetParameter> net =
      ReadNetFile(ResolveNetPath(path, solver_path));
  if (!absl::IsNotFound(net.status())) return net;
  return absl::NotFoundError(absl::StrCat(solver_path, ": the net is missing: ",
                                          std::string(net.status().message())));
}

}  // namespace

std::string ResolveNetPath(absl::string_view path,
                           absl::string_view solver_path) {
  const std::filesystem::path given{std::string(path)};
  std::error_code error;
  if (given.is_absolute() || std::filesystem::exists(given, error)) {
    return std::string(path);
  }
  const std::filesystem::path above =
      std::filesystem::absolute(std::string(solver_path), error)
          .parent_path()
          .parent_path();
  const std::filesystem::path there = above / given;
  return std::filesystem::exists(there, error) ? there.string()
                                               : std::string(path);
}

absl::StatusOr<SolverParameter> ReadSolver(const std::string& path) {
  ASSIGN_OR_RETURN(SolverParameter solver, ReadSolverFile(path));
  if ((solver.has_net() && solver.has_net_param()) ||
      (solver.has_train_net() && solver.has_train_net_param())) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": a net is given in place and as a path; keep one"));
  }
  if (solver.has_net()) {
    ASSIGN_OR_RETURN(*solver.mutable_net_param(), ReadNet(solver.net(), path));
  }
  if (solver.has_train_net()) {
    ASSIGN_OR_RETURN(*solver.mutable_train_net_param(),
                     ReadNet(solver.train_net(), path));
  }
  for (const std::string& test_net : solver.test_net()) {
    ASSIGN_OR_RETURN(*solver.add_test_net_param(), ReadNet(test_net, path));
  }
  if (!solver.has_snapshot_prefix()) {
    solver.set_snapshot_prefix(absl::StrCat(
        "snapshots/", std::filesystem::path(path).stem().string()));
  }
  return solver;
}

}  // namespace tamp
