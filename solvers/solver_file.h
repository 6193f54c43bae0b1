// A solver's file and the nets that it names.

#ifndef TAMP_SOLVERS_SOLVER_FILE_H_
#define TAMP_SOLVERS_SOLVER_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/solver.pb.h"

namespace tamp {

// Reads a solver and its nets, which are then in place: net_param or
// train_net_param, and test_net_param (those given in place first). Without a
// snapshot_prefix it becomes "snapshots/" and the file's name.
//
// Relative paths of nets and weights are looked for as core/files/named_path.h
// says: in the working folder, beside the solver's file, in the folder above.
// So a recipe works from anywhere. The prefix starts at the working folder.
//
// NotFound when a file is missing, naming it; other errors have file, line and
// column.
absl::StatusOr<SolverParameter> ReadSolver(const std::string& path);

// An error of CheckSolver, which begins with the name of the field that it is
// about, with that field's place in front; with the file's where the field is
// missing.
absl::Status LocateSolverError(const absl::Status& error,
                               const SolverParameter& solver,
                               absl::string_view path);

}  // namespace tamp

#endif  // TAMP_SOLVERS_SOLVER_FILE_H_
