#include "solvers/sgd/lr_schedule.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/nearest_name.h"
#include "core/status_macros.h"

namespace tamp {

// What the rate at one iteration is computed from.
struct LrQuery {
  const SolverParameter& p;
  const EpochClock& clock;
  int64_t t;      // at most total
  int64_t total;  // T
};

struct LrPolicy {
  const char* name;
  absl::Status (*check)(const SolverParameter& p);
  double (*rate)(const LrQuery& q);
};

namespace {

constexpr double kPi = 3.14159265358979323846;

absl::Status BadField(const char* field, double value, const char* rule) {
  return absl::InvalidArgumentError(
      absl::StrCat(field, " is ", value, ", it must be ", rule));
}

absl::Status Missing(const char* field, const SolverParameter& p) {
  return absl::InvalidArgumentError(absl::StrCat(
      field, " is missing; lr_policy \"", p.lr_policy(), "\" needs it"));
}

absl::Status CheckRate(const char* field, double rate) {
  if (std::isfinite(rate) && rate >= 0) return absl::OkStatus();
  return BadField(field, rate, "a finite number of at least 0");
}

absl::Status CheckGamma(const SolverParameter& p) {
  if (!p.has_gamma()) return Missing("gamma", p);
  if (std::isfinite(p.gamma()) && p.gamma() > 0) return absl::OkStatus();
  return BadField("gamma", p.gamma(), "a finite number above 0");
}

absl::Status CheckPower(const SolverParameter& p) {
  if (!p.has_power()) return Missing("power", p);
  return CheckRate("power", p.power());
}

absl::Status CheckNothing(const SolverParameter&) { return absl::OkStatus(); }

absl::Status CheckStep(const SolverParameter& p) {
  RETURN_IF_ERROR(CheckGamma(p));
  if (p.has_stepsize() && p.has_step_epochs()) {
    return absl::InvalidArgumentError(
        "stepsize and step_epochs are both given; keep one");
  }
  if (p.has_step_epochs()) {
    if (p.step_epochs() >= 1) return absl::OkStatus();
    return BadField("step_epochs", p.step_epochs(), "at least 1");
  }
  if (!p.has_stepsize()) return Missing("stepsize (or step_epochs)", p);
  if (p.stepsize() >= 1) return absl::OkStatus();
  return BadField("stepsize", p.stepsize(), "at least 1");
}

template <typename Values>
absl::Status CheckAscending(const char* field, const Values& values) {
  int64_t last = -1;
  for (const int64_t value : values) {
    if (value <= last) {
      return absl::InvalidArgumentError(
          last < 0 ? absl::StrCat(field, " ", value, " is negative")
                   : absl::StrCat(field, " ", value, " comes after ", last,
                                  "; they must ascend"));
    }
    last = value;
  }
  return absl::OkStatus();
}

absl::Status CheckMultistep(const SolverParameter& p) {
  RETURN_IF_ERROR(CheckGamma(p));
  if (p.stepvalue_size() > 0 && p.step_value_epochs_size() > 0) {
    return absl::InvalidArgumentError(
        "stepvalue and step_value_epochs are both given; keep one");
  }
  if (p.stepvalue_size() == 0 && p.step_value_epochs_size() == 0) {
    return Missing("stepvalue (or step_value_epochs)", p);
  }
  RETURN_IF_ERROR(CheckAscending("stepvalue", p.stepvalue()));
  return CheckAscending("step_value_epochs", p.step_value_epochs());
}

absl::Status CheckInv(const SolverParameter& p) {
  RETURN_IF_ERROR(CheckGamma(p));
  return CheckPower(p);
}

absl::Status CheckSigmoid(const SolverParameter& p) {
  if (!p.has_gamma()) return Missing("gamma", p);
  // Of either sign: the rate may rise or fall.
  if (!std::isfinite(p.gamma())) {
    return BadField("gamma", p.gamma(), "a finite number");
  }
  if (!p.has_stepsize()) return Missing("stepsize", p);
  if (p.stepsize() >= 1) return absl::OkStatus();
  return BadField("stepsize", p.stepsize(), "at least 1");
}

absl::Status CheckCosine(const SolverParameter& p) {
  return CheckRate("min_lr", p.min_lr());
}

absl::Status CheckOneCycle(const SolverParameter& p) {
  if (!p.has_max_lr()) return Missing("max_lr", p);
  RETURN_IF_ERROR(CheckRate("max_lr", p.max_lr()));
  RETURN_IF_ERROR(CheckRate("min_lr", p.min_lr()));
  if (p.one_cycle_rise() >= 0 && p.one_cycle_rise() <= 1) {
    return absl::OkStatus();
  }
  return BadField("one_cycle_rise", p.one_cycle_rise(), "in 0 .. 1");
}

double Fixed(const LrQuery& q) { return q.p.base_lr(); }

double Step(const LrQuery& q) {
  const int64_t steps = q.p.has_step_epochs()
                            ? q.clock.EpochOf(q.t) / q.p.step_epochs()
                            : q.t / q.p.stepsize();
  return q.p.base_lr() * std::pow(double(q.p.gamma()), steps);
}

template <typename Values>
int64_t CountUpTo(const Values& values, int64_t limit) {
  return std::count_if(values.begin(), values.end(),
                       [limit](int64_t value) { return value <= limit; });
}

double Multistep(const LrQuery& q) {
  const int64_t steps =
      CountUpTo(q.p.stepvalue(), q.t) +
      CountUpTo(q.p.step_value_epochs(), q.clock.EpochOf(q.t));
  return q.p.base_lr() * std::pow(double(q.p.gamma()), steps);
}

double Exp(const LrQuery& q) {
  return q.p.base_lr() * std::pow(double(q.p.gamma()), q.t);
}

double Inv(const LrQuery& q) {
  return q.p.base_lr() *
         std::pow(1 + double(q.p.gamma()) * q.t, -double(q.p.power()));
}

double Poly(const LrQuery& q) {
  return q.p.base_lr() *
         std::pow(1 - double(q.t) / q.total, double(q.p.power()));
}

double Sigmoid(const LrQuery& q) {
  return q.p.base_lr() /
         (1 + std::exp(-double(q.p.gamma()) * double(q.t - q.p.stepsize())));
}

// Half a cosine from `from` at x = 0 to `to` at x = 1.
double HalfCosine(double from, double to, double x) {
  return to + (from - to) * (1 + std::cos(kPi * x)) / 2;
}

double Cosine(const LrQuery& q) {
  return HalfCosine(q.p.base_lr(), q.p.min_lr(), double(q.t) / q.total);
}

double OneCycle(const LrQuery& q) {
  const double rise = double(q.p.one_cycle_rise()) * q.total;
  if (q.t < rise) {
    return HalfCosine(q.p.base_lr(), q.p.max_lr(), q.t / rise);
  }
  if (q.t >= q.total) return q.p.min_lr();
  return HalfCosine(q.p.max_lr(), q.p.min_lr(),
                    (q.t - rise) / (q.total - rise));
}

constexpr LrPolicy kPolicies[] = {
    {"fixed", CheckNothing, Fixed},
    {"step", CheckStep, Step},
    {"multistep", CheckMultistep, Multistep},
    {"exp", CheckGamma, Exp},
    {"inv", CheckInv, Inv},
    {"poly", CheckPower, Poly},
    {"sigmoid", CheckSigmoid, Sigmoid},
    {"cosine", CheckCosine, Cosine},
    {"one_cycle", CheckOneCycle, OneCycle},
};

absl::StatusOr<const LrPolicy*> FindPolicy(const SolverParameter& p) {
  std::vector<std::string> names;
  for (const LrPolicy& policy : kPolicies) {
    if (p.lr_policy() == policy.name) return &policy;
    names.push_back(policy.name);
  }
  if (!p.has_lr_policy()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "lr_policy is missing; it is one of ", absl::StrJoin(names, ", ")));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "lr_policy \"", p.lr_policy(), "\" is none of ",
      absl::StrJoin(names, ", "), DidYouMean(p.lr_policy(), names)));
}

absl::Status CheckWarmup(const SolverParameter& p) {
  if (p.warmup_iter() < 0) {
    return BadField("warmup_iter", p.warmup_iter(), "at least 0");
  }
  RETURN_IF_ERROR(CheckRate("warmup_epochs", p.warmup_epochs()));
  if (p.warmup_iter() > 0 && p.warmup_epochs() > 0) {
    return absl::InvalidArgumentError(
        "warmup_iter and warmup_epochs are both given; keep one");
  }
  return CheckRate("warmup_start_lr", p.warmup_start_lr());
}

}  // namespace

LrSchedule::LrSchedule(const SolverParameter& parameter,
                       const EpochClock& clock, int64_t total_iterations,
                       const LrPolicy* policy)
    : parameter_(parameter),
      clock_(clock),
      total_iterations_(total_iterations),
      policy_(policy),
      warmup_iterations_(parameter.warmup_iter() > 0
                             ? parameter.warmup_iter()
                             : clock.Iterations(parameter.warmup_epochs())) {}

absl::StatusOr<LrSchedule> LrSchedule::Create(const SolverParameter& parameter,
                                              const EpochClock& clock,
                                              int64_t total_iterations) {
  ASSIGN_OR_RETURN(const LrPolicy* policy, FindPolicy(parameter));
  if (!parameter.has_base_lr()) {
    return absl::InvalidArgumentError("base_lr is missing");
  }
  RETURN_IF_ERROR(CheckRate("base_lr", parameter.base_lr()));
  RETURN_IF_ERROR(policy->check(parameter));
  RETURN_IF_ERROR(CheckWarmup(parameter));
  return LrSchedule(parameter, clock, total_iterations, policy);
}

double LrSchedule::PolicyRateAt(int64_t iteration) const {
  return policy_->rate({parameter_, clock_,
                        std::min(iteration, total_iterations_),
                        total_iterations_});
}

double LrSchedule::RateAt(int64_t iteration) const {
  if (iteration >= warmup_iterations_) return PolicyRateAt(iteration);
  const double start = parameter_.warmup_start_lr();
  const double end = PolicyRateAt(warmup_iterations_);
  return start + (end - start) * (double(iteration) / warmup_iterations_);
}

// Between these iterations a rate rises or falls all the way, or stays.
bool LrSchedule::IsZeroThroughout() const {
  const int64_t last = total_iterations_ - 1;
  for (const int64_t at : {int64_t{0}, int64_t{1}, warmup_iterations_,
                           total_iterations_ / 2, last}) {
    if (RateAt(std::min(at, last)) > 0) return false;
  }
  return true;
}

}  // namespace tamp
