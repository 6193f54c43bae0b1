#include "solvers/solver_file.h"

#include <filesystem>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/files/named_path.h"
#include "core/status_macros.h"
#include "proto/text_format.h"

namespace tamp {
namespace {

absl::StatusOr<NetParameter> ReadNet(absl::string_view field,
                                     const std::string& path,
                                     const SolverParameter& solver,
                                     const std::string& solver_path) {
  absl::StatusOr<NetParameter> net =
      ReadNetFile(ResolveNamedPath(path, solver_path));
  if (!absl::IsNotFound(net.status())) return net;
  return LocateSolverError(
      absl::NotFoundError(absl::StrCat(
          field, " cannot be read: ", std::string(net.status().message()),
          DescribeNamedPathSearch(path, solver_path))),
      solver, solver_path);
}

// Of several, separated by commas.
std::string ResolvePaths(absl::string_view paths,
                         const std::string& solver_path) {
  std::vector<std::string> resolved;
  for (const absl::string_view path : absl::StrSplit(paths, ',')) {
    resolved.push_back(ResolveNamedPath(path, solver_path));
  }
  return absl::StrJoin(resolved, ",");
}

}  // namespace

absl::Status LocateSolverError(const absl::Status& error,
                               const SolverParameter& solver,
                               absl::string_view path) {
  const std::string message(error.message());
  const std::string field = message.substr(
      0, message.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789"));
  absl::string_view place = path;
  for (const FieldPlace& noted : solver.field_place()) {
    if (noted.field() == field) place = noted.location();
  }
  return absl::Status(error.code(), absl::StrCat(place, ": ", message));
}

absl::StatusOr<SolverParameter> ReadSolver(const std::string& path) {
  ASSIGN_OR_RETURN(SolverParameter solver, ReadSolverFile(path));
  const bool has_two_nets = solver.has_net() && solver.has_net_param();
  if (has_two_nets ||
      (solver.has_train_net() && solver.has_train_net_param())) {
    const std::string field = has_two_nets ? "net" : "train_net";
    return LocateSolverError(
        absl::InvalidArgumentError(absl::StrCat(
            field, " and ", field, "_param are both given; keep one")),
        solver, path);
  }
  if (solver.has_net()) {
    ASSIGN_OR_RETURN(*solver.mutable_net_param(),
                     ReadNet("net", solver.net(), solver, path));
  }
  if (solver.has_train_net()) {
    ASSIGN_OR_RETURN(*solver.mutable_train_net_param(),
                     ReadNet("train_net", solver.train_net(), solver, path));
  }
  for (const std::string& test_net : solver.test_net()) {
    ASSIGN_OR_RETURN(*solver.add_test_net_param(),
                     ReadNet("test_net", test_net, solver, path));
  }
  for (std::string& weights : *solver.mutable_weights()) {
    weights = ResolvePaths(weights, path);
  }
  if (!solver.has_snapshot_prefix()) {
    solver.set_snapshot_prefix(absl::StrCat(
        "snapshots/", std::filesystem::path(path).stem().string()));
  }
  return solver;
}

}  // namespace tamp
