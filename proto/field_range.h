// Which real numbers a field of a net or solver may hold. protobuf's text knows
// inf and nan, but a rate, a mean or a weight that is not finite means nothing.

#ifndef TAMP_PROTO_FIELD_RANGE_H_
#define TAMP_PROTO_FIELD_RANGE_H_

#include "google/protobuf/descriptor.h"

namespace tamp {

// Finite numbers always, nan never, and inf where it says "no bound".
bool MayHold(const google::protobuf::FieldDescriptor& field, double number);

}  // namespace tamp

#endif  // TAMP_PROTO_FIELD_RANGE_H_
