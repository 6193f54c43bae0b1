// DumpRun: one batch through a net in every way that training uses it, and all
// numbers that come out. The way to hold Tamp against another framework: give
// both the same parameters and the same batch, and compare.

#ifndef TAMP_TOOLS_RUNS_DUMP_RUN_H_
#define TAMP_TOOLS_RUNS_DUMP_RUN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/shape.h"
#include "formats/safetensors.h"
#include "net/backend.h"
#include "proto/net.pb.h"
#include "proto/solver.pb.h"

namespace tamp {

struct DumpOptions {
  Backend backend;  // required
  // The update and the learning rate; an epoch is one step. Its nets and all
  // other fields are not read.
  SolverParameter solver;
  int64_t steps = 0;
  // Otherwise values lie as in training, where most are overwritten: only those
  // that no layer reads are written.
  bool keep_all_values = true;
  // Dropout layers let everything pass.
  bool no_dropout = false;
  // Of dropout.
  uint64_t seed = 1;
  // What messages call the inputs' file.
  std::string inputs_path = "inputs";
};

struct DumpTensor {
  std::string name;
  Shape shape;
  std::vector<float> values;  // row-major
};

// Inputs, `/` of names written as `.`:
//   <top>           a data top; or x for the first of them, y for the second;
//                   its first extent is the batch size
//   init.<name>     every learned parameter; statistics may be left out, they
//                   start as their fillers say
// A training forward and backward, then `steps` solver steps on the same batch,
// which begin at the same parameters and statistics, then a forward in the test
// phase give the outputs:
//   blob.<top>      values of the first forward, where passes left them memory
//   loss            of it, weighted
//   grad.<name>     gradients of the parameters that learn
//   stat.<name>     statistics after that forward
//   losses          of each step, before its update; not without steps
//   final.<name>    parameters and statistics after the steps
//   eval.<top>      values of the test phase
// Errors name the file and the tensor, or the net's file and layer.
absl::StatusOr<std::vector<DumpTensor>> DumpRun(const NetParameter& net,
                                                const Safetensors& inputs,
                                                const DumpOptions& options);

}  // namespace tamp

#endif  // TAMP_TOOLS_RUNS_DUMP_RUN_H_
