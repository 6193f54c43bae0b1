#include "layers/filler.h"

#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/check.h"
#include "core/nearest_name.h"
#include "core/rng.h"

namespace tamp {
namespace {

struct FillArgs {
  const FillerParameter& filler;
  const Shape& shape;
  RandomStream* random;
  float* data;

  int64_t size() const { return shape.num_elements(); }
};

// The n of xavier and msra.
double VarianceFan(const FillArgs& args) {
  const Fans fans = FansOf(args.shape);
  switch (args.filler.variance_norm()) {
    case FillerParameter::FAN_IN:
      return static_cast<double>(fans.inputs);
    case FillerParameter::FAN_OUT:
      return static_cast<double>(fans.outputs);
    case FillerParameter::AVERAGE:
      break;
  }
  return 0.5 * (double(fans.inputs) + double(fans.outputs));
}

void FillUniformIn(const FillArgs& args, double low, double high) {
  for (int64_t i = 0; i < args.size(); ++i) {
    args.data[i] = static_cast<float>(args.random->Uniform(low, high));
  }
}

void FillConstant(const FillArgs& args) {
  for (int64_t i = 0; i < args.size(); ++i) args.data[i] = args.filler.value();
}

void FillUniform(const FillArgs& args) {
  FillUniformIn(args, args.filler.min(), args.filler.max());
}

void FillGaussian(const FillArgs& args) {
  const FillerParameter& filler = args.filler;
  const double keep =
      filler.sparse() < 0 ? 1 : double(filler.sparse()) / args.shape.num();
  for (int64_t i = 0; i < args.size(); ++i) {
    const double normal = filler.mean() + filler.std() * args.random->Normal();
    const bool kept = keep == 1 || args.random->Uniform(0, 1) < keep;
    args.data[i] = kept ? static_cast<float>(normal) : 0;
  }
}

void FillTruncatedGaussian(const FillArgs& args) {
  for (int64_t i = 0; i < args.size(); ++i) {
    double normal = args.random->Normal();
    while (std::fabs(normal) > 2) normal = args.random->Normal();
    args.data[i] =
        static_cast<float>(args.filler.mean() + args.filler.std() * normal);
  }
}

void FillXavier(const FillArgs& args) {
  const double bound = std::sqrt(3 / VarianceFan(args));
  FillUniformIn(args, -bound, bound);
}

void FillMsra(const FillArgs& args) {
  const double std = std::sqrt(2 / VarianceFan(args));
  for (int64_t i = 0; i < args.size(); ++i) {
    args.data[i] = static_cast<float>(std * args.random->Normal());
  }
}

void FillPositiveUnitball(const FillArgs& args) {
  FillUniformIn(args, 0, 1);
  const int64_t inputs = FansOf(args.shape).inputs;
  for (int64_t begin = 0; begin < args.size(); begin += inputs) {
    double sum = 0;
    for (int64_t i = 0; i < inputs; ++i) sum += args.data[begin + i];
    // A sum of 0 needs all draws to be 0; share equally then.
    for (int64_t i = 0; i < inputs; ++i) {
      float& value = args.data[begin + i];
      value = static_cast<float>(sum > 0 ? value / sum : 1.0 / inputs);
    }
  }
}

// A square kernel of side k upsamples by f = ceil(k / 2); its weights fall
// linearly from the center.
void FillBilinear(const FillArgs& args) {
  const int64_t side = args.shape.dim(-1);
  const double factor = std::ceil(side / 2.0);
  const double center = (side - 1) / (2.0 * factor);
  for (int64_t i = 0; i < args.size(); ++i) {
    const double x = double(i % side) / factor;
    const double y = double(i / side % side) / factor;
    args.data[i] = static_cast<float>((1 - std::fabs(x - center)) *
                                      (1 - std::fabs(y - center)));
  }
}

struct FillerRow {
  const char* type;
  void (*fill)(const FillArgs&);
};

constexpr FillerRow kFillers[] = {
    {"bilinear", FillBilinear},
    {"constant", FillConstant},
    {"gaussian", FillGaussian},
    {"msra", FillMsra},
    {"positive_unitball", FillPositiveUnitball},
    {"truncated_gaussian", FillTruncatedGaussian},
    {"uniform", FillUniform},
    {"xavier", FillXavier},
};

const FillerRow* FindFiller(const std::string& type) {
  for (const FillerRow& row : kFillers) {
    if (type == row.type) return &row;
  }
  return nullptr;
}

absl::Status ValidateNumbers(const FillerParameter& filler) {
  const struct {
    const char* name;
    float value;
  } numbers[] = {{"value", filler.value()},
                 {"min", filler.min()},
                 {"max", filler.max()},
                 {"mean", filler.mean()},
                 {"std", filler.std()}};
  for (const auto& [name, value] : numbers) {
    if (!std::isfinite(value)) {
      return absl::InvalidArgumentError(
          absl::StrCat("filler has ", name, " ", value));
    }
  }
  if (filler.std() < 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "filler has std ", filler.std(), ", it must be at least 0"));
  }
  return absl::OkStatus();
}

}  // namespace

Fans FansOf(const Shape& shape) {
  return {shape.num_elements() / shape.num(),
          shape.num_elements() / shape.channels()};
}

absl::Status ValidateFiller(const FillerParameter& filler, const Shape& shape) {
  const std::string& type = filler.type();
  if (FindFiller(type) == nullptr) {
    std::vector<std::string> types;
    for (const FillerRow& row : kFillers) types.push_back(row.type);
    std::string remedy = DidYouMean(type, types);
    if (remedy.empty()) {
      remedy = absl::StrCat("; it is one of ", absl::StrJoin(types, ", "));
    }
    return absl::InvalidArgumentError(
        absl::StrCat("unknown filler type \"", type, "\"", remedy));
  }
  if (absl::Status status = ValidateNumbers(filler); !status.ok()) {
    return status;
  }
  if (type == "uniform" && filler.min() > filler.max()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "filler has min ", filler.min(), " above max ", filler.max()));
  }
  if (type == "gaussian" && filler.sparse() > shape.num()) {
    return absl::InvalidArgumentError(
        absl::StrCat("filler has sparse ", filler.sparse(),
                     " above the number of outputs, ", shape.num()));
  }
  if (type == "bilinear" &&
      (shape.rank() != 4 || shape.dim(2) != shape.dim(3))) {
    return absl::InvalidArgumentError(absl::StrCat(
        "filler bilinear needs a square kernel of 4 axes, the parameter is ",
        shape.ToString()));
  }
  return absl::OkStatus();
}

void Fill(const FillerParameter& filler, const Shape& shape, uint64_t key,
          float* data) {
  const FillerRow* row = FindFiller(filler.type());
  CHECK(row != nullptr) << filler.type();
  RandomStream random(key);
  row->fill({filler, shape, &random, data});
}

}  // namespace tamp
