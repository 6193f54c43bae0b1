// What a user is told about the data of a training.

#ifndef TAMP_SOLVERS_REPORT_DATA_NOTICES_H_
#define TAMP_SOLVERS_REPORT_DATA_NOTICES_H_

#include <string>
#include <vector>

#include "solvers/solver.h"

namespace tamp {

// Before the first step: what the training net and the test nets read, and a
// warning where a test net's data number their classes otherwise.
std::vector<std::string> DescribeData(const Solver& solver);

// At the end: how many images of which data were skipped; nothing if none were.
std::vector<std::string> DescribeSkipped(const Solver& solver);

}  // namespace tamp

#endif  // TAMP_SOLVERS_REPORT_DATA_NOTICES_H_
