// The snapshot files of one training: <prefix>_iter_<iteration>.snapshot, the
// prefix being a path such as "snapshots/cifar10".

#ifndef TAMP_SOLVERS_STATE_SNAPSHOT_SERIES_H_
#define TAMP_SOLVERS_STATE_SNAPSHOT_SERIES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/snapshot.pb.h"

namespace tamp {

std::string SnapshotPath(const std::string& prefix, int64_t iteration);
// All of them, for messages: "snapshots/cifar10_iter_*.snapshot".
std::string SnapshotPattern(const std::string& prefix);

// Makes the prefix's folder where there is none and tries to write a file
// there: a full or read-only disk is found now, not after hours of training.
absl::Status PrepareSnapshotFolder(const std::string& prefix);

// Paths of all snapshots of the prefix, the latest iteration first.
std::vector<std::string> ListSnapshots(const std::string& prefix);

struct LoadedSnapshot {
  std::string path;
  SnapshotParameter snapshot;
};

// The latest snapshot that can be read; damaged ones are passed over with a
// warning. Nothing when there are no snapshots; an error when all are damaged.
absl::StatusOr<std::optional<LoadedSnapshot>> ReadLatestSnapshot(
    const std::string& prefix);

}  // namespace tamp

#endif  // TAMP_SOLVERS_STATE_SNAPSHOT_SERIES_H_
