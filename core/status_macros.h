// The two macros that carry an absl::Status up the call chain.
//
//   RETURN_IF_ERROR(Validate(layer));
//   ASSIGN_OR_RETURN(Shape shape, Shape::Create(dims));

#ifndef TAMP_CORE_STATUS_MACROS_H_
#define TAMP_CORE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define RETURN_IF_ERROR(expression)            \
  do {                                         \
    absl::Status tamp_status = (expression);   \
    if (!tamp_status.ok()) return tamp_status; \
  } while (false)

#define TAMP_CONCAT_INNER(a, b) a##b
#define TAMP_CONCAT(a, b) TAMP_CONCAT_INNER(a, b)

#define TAMP_ASSIGN_OR_RETURN(result, lhs, expression) \
  auto result = (expression);                          \
  if (!result.ok()) return std::move(result).status(); \
  lhs = *std::move(result)

#define ASSIGN_OR_RETURN(lhs, expression) \
  TAMP_ASSIGN_OR_RETURN(TAMP_CONCAT(tamp_status_or_, __LINE__), lhs, expression)

#endif  // TAMP_CORE_STATUS_MACROS_H_
