#include "solvers/solver.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/device/device.h"
#include "core/rng.h"
#include "core/status_macros.h"
#include "kernels/grad_mode.h"
#include "net/text/flat_net.h"
#include "solvers/evaluation/class_check.h"
#include "solvers/non_finite.h"
#include "solvers/open_data.h"
#include "solvers/state/net_hash.h"

namespace tamp {
namespace {

absl::StatusOr<const NetParameter*> TrainNetOf(const SolverParameter& p) {
  if (p.has_net_param() && p.has_train_net_param()) {
    return absl::InvalidArgumentError(
        "net and train_net are both given; keep one");
  }
  if (p.has_net_param()) return &p.net_param();
  if (p.has_train_net_param()) return &p.train_net_param();
  return absl::InvalidArgumentError("net or train_net is missing");
}

std::vector<const NetParameter*> TestNetsOf(const SolverParameter& p) {
  std::vector<const NetParameter*> nets;
  for (const NetParameter& net : p.test_net_param()) nets.push_back(&net);
  if (nets.empty() && p.has_net_param()) nets.push_back(&p.net_param());
  return nets;
}

// The state of test net i: one for each, or none.
NetState TestStateOf(const SolverParameter& p, int i) {
  return i < p.test_state_size() ? p.test_state(i) : NetState();
}

absl::Status CheckTests(const SolverParameter& parameter) {
  if (parameter.test_interval() == 0 && parameter.test_interval_epochs() == 0) {
    return absl::OkStatus();
  }
  const std::vector<const NetParameter*> nets = TestNetsOf(parameter);
  if (nets.empty()) {
    return absl::InvalidArgumentError(
        "test_interval asks for tests, but test_net is missing");
  }
  if (parameter.test_state_size() != 0 &&
      parameter.test_state_size() != static_cast<int>(nets.size())) {
    return absl::InvalidArgumentError(absl::StrCat(
        "test_state is given ", parameter.test_state_size(),
        " times, it must be once for each of the ", nets.size(), " test nets"));
  }
  return absl::OkStatus();
}

// Of what a step draws at random: dropout masks are as different from rank to
// rank as they are within a batch.
uint64_t StepSeedOf(const SolverParameter& parameter, const Rank& rank) {
  const uint64_t seed = SeedOf(parameter);
  if (rank.index == 0) return seed;
  return DeriveKey(seed, absl::StrCat("rank ", rank.index));
}

}  // namespace

uint64_t SeedOf(const SolverParameter& parameter) {
  return parameter.random_seed() < 0 ? 1 : parameter.random_seed();
}

absl::Status CheckSolver(const SolverParameter& parameter) {
  // The size of the data is not known yet, but errors of fields do not wait
  // until the data is read.
  RETURN_IF_ERROR(TrainingPlan::Create(parameter, EpochClock(1, 1)).status());
  RETURN_IF_ERROR(SgdOptionsOf(parameter).status());
  RETURN_IF_ERROR(TrainNetOf(parameter).status());
  return CheckTests(parameter);
}

absl::StatusOr<std::unique_ptr<Solver>> Solver::Create(
    const SolverParameter& parameter, const SolverOptions& options) {
  CHECK(options.backend.device != nullptr && options.batch_sources != nullptr);
  RETURN_IF_ERROR(CheckSolver(parameter));
  ASSIGN_OR_RETURN(const SgdOptions sgd_options, SgdOptionsOf(parameter));
  ASSIGN_OR_RETURN(const TrainingPlan unknown_size,
                   TrainingPlan::Create(parameter, EpochClock(1, 1)));
  auto solver = absl::WrapUnique(new Solver(parameter, options, unknown_size));
  RETURN_IF_ERROR(solver->CreateTrainNet());
  RETURN_IF_ERROR(solver->CreateTestNets());
  ASSIGN_OR_RETURN(solver->sgd_, Sgd::Create(sgd_options, solver->parameters(),
                                             options.backend));
  ASSIGN_OR_RETURN(solver->statistics_,
                   StatisticsCopy::Create(solver->parameters(),
                                          options.backend.device.get()));
  solver->identity_.solver_type = sgd_options.nesterov ? "Nesterov" : "SGD";
  return solver;
}

NetOptions Solver::MakeNetOptions(const NetState& state) const {
  NetOptions options;
  options.level = state.level();
  options.stages.assign(state.stage().begin(), state.stage().end());
  options.backend = options_.backend;
  options.seed = SeedOf(parameter_);
  options.memory_budget = options_.memory_budget;
  return options;
}

absl::Status Solver::CreateTrainNet() {
  ASSIGN_OR_RETURN(const NetParameter* net, TrainNetOf(parameter_));
  NetOptions options = MakeNetOptions(parameter_.train_state());
  ASSIGN_OR_RETURN(const FlatNet flat,
                   FlattenNet(*net, options.state(), options.backend.layers));
  ASSIGN_OR_RETURN(const LayerParameter data, FindDataLayer(flat.net, TRAIN));
  ASSIGN_OR_RETURN(options.batch_source,
                   OpenData(data, options, options_.batch_sources));
  const BatchSource& source = *options.batch_source;
  options.batch_source->Seek(0);
  ASSIGN_OR_RETURN(train_net_, Net::Create(*net, options));
  RETURN_IF_ERROR(CheckClasses(train_net_->graph(), source.num_classes(),
                               source.outside_labels()));

  if (net->compute() == NetParameter::FP16) loss_scale_.emplace();
  identity_.seed = static_cast<int64_t>(SeedOf(parameter_));
  identity_.data_size = source.num_samples();
  identity_.samples_per_iteration = int64_t{data.data_param().batch_size()} *
                                    parameter_.iter_size() *
                                    ranks_.rank().count;
  identity_.class_names = source.class_names();
  identity_.net_name = net->name();
  identity_.net_hash = HashNet(flat.net);
  scores_ = std::make_unique<ScoreReader>(train_net_.get(),
                                          options_.backend.device.get(),
                                          batch_size(), batch_size());
  last_means_.resize(scores().num_numbers());
  ASSIGN_OR_RETURN(
      plan_, TrainingPlan::Create(parameter_,
                                  EpochClock(identity_.data_size,
                                             identity_.samples_per_iteration)));
  return absl::OkStatus();
}

absl::Status Solver::CreateTestNets() {
  if (!plan_.has_tests()) return absl::OkStatus();
  const std::vector<const NetParameter*> nets = TestNetsOf(parameter_);
  for (size_t i = 0; i < nets.size(); ++i) {
    NetOptions options =
        MakeNetOptions(TestStateOf(parameter_, static_cast<int>(i)));
    options.parameters = &parameters();
    options.new_parameters = NewParameters::kRefused;
    options.arena = train_net_->arena();
    ASSIGN_OR_RETURN(
        auto evaluation,
        Evaluation::Create(*nets[i], options, options_.batch_sources));
    evaluations_.push_back(std::move(evaluation));
  }
  return CheckBudget();
}

// A test net that needs more than the training net has memory of its own.
absl::Status Solver::CheckBudget() const {
  if (options_.memory_budget == 0) return absl::OkStatus();
  const int64_t bytes =
      train_net_->arena()->bytes() + train_net_->budget().fixed_bytes;
  if (bytes <= options_.memory_budget) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      "with its test nets the training needs ", (bytes >> 20) + 1,
      " MiB, more than the memory budget of ", options_.memory_budget >> 20,
      " MiB: a smaller batch_size in TEST needs less"));
}

absl::Status Solver::Step() {
  statistics_->Save();
  if (loss_scale_) {
    train_net_->set_loss_scale(static_cast<float>(loss_scale_->value()));
  }
  const absl::Status own = RunBatches();
  agreed_ = ranks_.Agree(own, parameters().gradients());
  if (!agreed_.ok()) {
    statistics_->Restore();
    return agreed_;
  }
  const absl::Status updated = Update();
  if (!updated.ok()) {
    statistics_->Restore();
    return updated;
  }
  ++iteration_;
  return absl::OkStatus();
}

absl::Status Solver::Update() {
  if (!loss_scale_) {
    sgd_->Update(lr(), parameter_.iter_size());
    return absl::OkStatus();
  }
  const bool were_finite =
      sgd_->UpdateScaled(lr(), parameter_.iter_size(), loss_scale_->value());
  // A device that has failed says nothing of gradients.
  if (!were_finite) RETURN_IF_ERROR(options_.backend.device->Synchronize());
  const absl::Status scaled = loss_scale_->Update(were_finite);
  if (scaled.ok()) return scaled;
  // All ranks have the same gradients, so that this one is an error of all.
  agreed_ = absl::AbortedError(absl::StrCat("iteration ", iteration_, ": ",
                                            std::string(scaled.message())));
  return agreed_;
}

void Solver::Leave(const absl::Status& why) {
  CHECK(!why.ok());
  if (is_done() || !agreed_.ok()) return;
  agreed_ = ranks_.Agree(why, parameters().gradients());
}

absl::Status Solver::RunBatches() {
  std::fill(last_means_.begin(), last_means_.end(), CountedMean());
  for (int64_t batch = 0; batch < parameter_.iter_size(); ++batch) {
    RETURN_IF_ERROR(RunBatch(batch));
  }
  return absl::OkStatus();
}

absl::Status Solver::RunBatch(int64_t batch) {
  StepContext step;
  step.seed = StepSeedOf(parameter_, ranks_.rank());
  step.step = iteration_ * parameter_.iter_size() + batch;
  train_net_->Forward(step);
  train_net_->Backward(step, batch == 0 ? GradMode::kWrite : GradMode::kAdd);
  train_net_->PrepareNextStep();
  // Whatever waits for the device comes behind all that it is asked to do.
  RETURN_IF_ERROR(options_.backend.device->Synchronize());
  RETURN_IF_ERROR(train_net_->data_status());
  const double loss = train_net_->Loss();
  if (!std::isfinite(loss)) return NonFiniteError(loss, step);
  scores_->AddBatch(absl::MakeSpan(last_means_));
  return absl::OkStatus();
}

absl::Status Solver::NonFiniteError(double loss, const StepContext& step) {
  train_source().Seek(step.step * samples_per_batch());
  const std::string place = DescribeFirstNonFinite(
      step, train_net_.get(), options_.backend.device.get());
  return absl::AbortedError(absl::StrCat(
      "iteration ", iteration_, ": the loss is ", loss,
      place.empty() ? ""
                    : absl::StrCat("; the first number that is not finite "
                                   "is in ",
                                   place),
      "; a lower base_lr, a warm-up or clip_gradients may help"));
}

absl::StatusOr<SnapshotParameter> Solver::Capture() const {
  Device* const device = options_.backend.device.get();
  SnapshotParameter snapshot = CaptureTraining(
      identity_, iteration_, train_net_->parameters(), *sgd_, device);
  RETURN_IF_ERROR(device->Synchronize());
  if (loss_scale_) loss_scale_->Save(&snapshot);
  return snapshot;
}

absl::Status Solver::Restore(const SnapshotParameter& snapshot) {
  if (snapshot.iteration() > plan_.total_iterations()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the snapshot is at iteration ", snapshot.iteration(),
                     ", but the training ends at ", plan_.total_iterations()));
  }
  ASSIGN_OR_RETURN(const LossScale loss_scale, LossScale::From(snapshot));
  RETURN_IF_ERROR(RestoreTraining(snapshot, identity_, &parameters(),
                                  sgd_.get(), options_.backend.device.get()));
  if (loss_scale_) loss_scale_ = loss_scale;
  iteration_ = snapshot.iteration();
  train_source().Seek(snapshot.data_position());
  return absl::OkStatus();
}

}  // namespace tamp
