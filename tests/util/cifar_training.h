// A training on made-up CIFAR-10 files, with everything that it needs.

#ifndef TAMP_TESTS_UTIL_CIFAR_TRAINING_H_
#define TAMP_TESTS_UTIL_CIFAR_TRAINING_H_

#include <memory>
#include <string>

#include "core/check.h"
#include "data/dataset_provider.h"
#include "net/backend.h"
#include "proto/net.pb.h"
#include "proto/solver.pb.h"
#include "proto/text_format.h"
#include "solvers/backend_cpu.h"
#include "solvers/solver.h"

namespace tamp {

struct CifarTrainingOptions {
  std::string folder;  // of CIFAR-10 files
  Backend (*make_backend)(int num_threads) = MakeCpuBackend;
  int num_threads = 1;
  int num_workers = 2;  // that make samples ahead
};

class CifarTraining {
 public:
  CifarTraining(const SolverParameter& parameter,
                const CifarTrainingOptions& options)
      : backend_(options.make_backend(options.num_threads)),
        data_(DataOptions(parameter, options)) {
    SolverOptions solver_options;
    solver_options.backend = backend_;
    solver_options.batch_sources = &data_;
    auto solver = Solver::Create(parameter, solver_options);
    CHECK(solver.ok()) << solver.status();
    solver_ = *std::move(solver);
  }

  Solver& solver() { return *solver_; }

  // So many iterations.
  void Run(int64_t iterations) {
    for (int64_t i = 0; i < iterations; ++i) CHECK_OK(solver_->Step());
  }

  // Everything that there is to compare.
  std::string State() const {
    return solver_->Capture().value().SerializeAsString();
  }

 private:
  static DatasetProviderOptions DataOptions(
      const SolverParameter& parameter, const CifarTrainingOptions& options) {
    DatasetProviderOptions data;
    data.data_dir = options.folder;
    data.seed = SeedOf(parameter);
    data.num_workers = options.num_workers;
    return data;
  }

  const Backend backend_;
  DatasetProvider data_;
  std::unique_ptr<Solver> solver_;
};

// A network of the project with another batch size.
inline NetParameter ReadNetWithBatchSize(const std::string& path,
                                         uint32_t batch_size) {
  auto net = ReadNetFile(path);
  CHECK(net.ok()) << net.status();
  for (LayerParameter& layer : *net->mutable_layer()) {
    if (layer.type() == "Data") {
      layer.mutable_data_param()->set_batch_size(batch_size);
    }
  }
  return *net;
}

// The recipe of CIFAR-10 for so many iterations.
inline SolverParameter CifarSolver(const NetParameter& net, int iterations) {
  SolverParameter solver;
  *solver.mutable_net_param() = net;
  solver.set_base_lr(0.1f);
  solver.set_lr_policy("fixed");
  solver.set_momentum(0.9f);
  solver.set_weight_decay(1e-4f);
  solver.set_max_iter(iterations);
  return solver;
}

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_CIFAR_TRAINING_H_
