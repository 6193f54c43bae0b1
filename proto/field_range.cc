#include "proto/field_range.h"

#include <cmath>

namespace tamp {
namespace {

// Fields whose number is a bound that may be far away.
constexpr const char* kBounds[] = {
    "tamp.SolverParameter.clip_gradients",
    "tamp.ClipParameter.min",
    "tamp.ClipParameter.max",
};

}  // namespace

bool MayHold(const google::protobuf::FieldDescriptor& field, double number) {
  if (std::isfinite(number)) return true;
  if (std::isnan(number)) return false;
  for (const char* bound : kBounds) {
    if (field.full_name() == bound) return true;
  }
  return false;
}

}  // namespace tamp
