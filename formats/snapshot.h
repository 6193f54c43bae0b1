// Snapshot files: the state of a training on disk. The format stands in
// proto/snapshot.proto. Written atomically, checked completely when read.

#ifndef TAMP_FORMATS_SNAPSHOT_H_
#define TAMP_FORMATS_SNAPSHOT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/snapshot.pb.h"

namespace tamp {

// The first bytes of every snapshot file.
constexpr absl::string_view kSnapshotMagic = "TAMPSNAP";

// Refuses a state that holds a number that is not finite (FailedPrecondition,
// naming the parameter): nothing could be resumed from it.
absl::Status WriteSnapshot(const std::string& path,
                           const SnapshotParameter& snapshot);

// The tensors that come back have valid shapes, finite data of the right
// length, and every (name, kind) once. NotFound when there is no such file,
// DataLoss when it is damaged, InvalidArgument when it is no snapshot.
absl::StatusOr<SnapshotParameter> ReadSnapshot(const std::string& path);

}  // namespace tamp

#endif  // TAMP_FORMATS_SNAPSHOT_H_
