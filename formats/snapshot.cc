#include "formats/snapshot.h"

#include <zlib.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/files/atomic_file.h"
#include "core/files/read_file.h"
#include "core/shape.h"
#include "core/status_macros.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "snapshot files are little-endian");

namespace tamp {
namespace {

constexpr uint32_t kFormat = 1;

// What stands before the payload, byte by byte.
struct Header {
  char magic[8];
  uint32_t format;
  uint32_t crc;
  uint64_t payload_bytes;
};
static_assert(sizeof(Header) == 24, "no padding");

// The most that protobuf parses.
constexpr int64_t kMaxPayload = std::numeric_limits<int32_t>::max();

uint32_t Crc32(absl::string_view bytes) {
  return static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::string TensorLabel(const SnapshotParameter::Tensor& tensor) {
  const char* history =
      tensor.kind() == SnapshotParameter::Tensor::MOMENTUM ? "history of " : "";
  return absl::StrCat(history, "parameter \"", tensor.name(), "\"");
}

// The number of the first element that is not finite, or -1.
int64_t FirstNonFinite(absl::string_view bytes) {
  for (size_t i = 0; i + sizeof(float) <= bytes.size(); i += sizeof(float)) {
    float value;
    std::memcpy(&value, bytes.data() + i, sizeof(value));
    if (!std::isfinite(value)) return static_cast<int64_t>(i / sizeof(float));
  }
  return -1;
}

absl::Status CheckFinite(const SnapshotParameter& snapshot) {
  for (const SnapshotParameter::Tensor& tensor : snapshot.tensor()) {
    const int64_t index = FirstNonFinite(tensor.data());
    if (index < 0) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        "element ", index, " of the ", TensorLabel(tensor), " is not finite"));
  }
  return absl::OkStatus();
}

absl::Status CheckTensor(const SnapshotParameter::Tensor& tensor) {
  const std::vector<int64_t> dims(tensor.shape().dim().begin(),
                                  tensor.shape().dim().end());
  const absl::StatusOr<Shape> shape = Shape::Create(dims);
  if (!shape.ok()) {
    return absl::DataLossError(absl::StrCat(
        TensorLabel(tensor), ": ", std::string(shape.status().message())));
  }
  const int64_t bytes = shape->num_elements() * int64_t{sizeof(float)};
  if (static_cast<int64_t>(tensor.data().size()) == bytes) {
    return absl::OkStatus();
  }
  return absl::DataLossError(
      absl::StrCat(TensorLabel(tensor), " has ", tensor.data().size(),
                   " bytes, its shape ", shape->ToString(), " needs ", bytes));
}

absl::Status CheckTensors(const SnapshotParameter& snapshot) {
  std::set<std::pair<std::string, int>> seen;
  for (const SnapshotParameter::Tensor& tensor : snapshot.tensor()) {
    RETURN_IF_ERROR(CheckTensor(tensor));
    if (!seen.emplace(tensor.name(), tensor.kind()).second) {
      return absl::DataLossError(
          absl::StrCat(TensorLabel(tensor), " is there twice"));
    }
  }
  return CheckFinite(snapshot);
}

absl::Status CheckCounters(const SnapshotParameter& snapshot) {
  const std::pair<const char*, int64_t> counters[] = {
      {"iteration", snapshot.iteration()},
      {"epoch", snapshot.epoch()},
      {"data_position", snapshot.data_position()},
      {"data_size", snapshot.data_size()},
      {"tests_done", snapshot.tests_done()}};
  for (const auto& [name, value] : counters) {
    if (value < 0) {
      return absl::DataLossError(absl::StrCat(name, " is ", value));
    }
  }
  return absl::OkStatus();
}

// Checks everything before the payload's contents; `file` is longer than its
// header.
absl::Status CheckHeader(const Header& header, absl::string_view payload) {
  if (header.format != kFormat) {
    return absl::InvalidArgumentError(absl::StrCat(
        "snapshot format ", header.format, ", this program reads ", kFormat));
  }
  if (header.payload_bytes != payload.size()) {
    return absl::DataLossError(absl::StrCat("damaged: its header announces ",
                                            header.payload_bytes,
                                            " bytes, it has ", payload.size()));
  }
  if (header.crc != Crc32(payload)) {
    return absl::DataLossError("damaged: its checksum does not match");
  }
  return absl::OkStatus();
}

absl::StatusOr<SnapshotParameter> Decode(absl::string_view file) {
  Header header;
  if (file.substr(0, kSnapshotMagic.size()) != kSnapshotMagic) {
    return absl::InvalidArgumentError("not a snapshot");
  }
  if (file.size() < sizeof(header)) {
    return absl::DataLossError("damaged: it ends within its header");
  }
  file.copy(reinterpret_cast<char*>(&header), sizeof(header));
  const absl::string_view payload = file.substr(sizeof(header));
  RETURN_IF_ERROR(CheckHeader(header, payload));
  SnapshotParameter snapshot;
  if (!snapshot.ParseFromArray(payload.data(),
                               static_cast<int>(payload.size()))) {
    return absl::DataLossError("damaged: its contents cannot be parsed");
  }
  RETURN_IF_ERROR(CheckCounters(snapshot));
  RETURN_IF_ERROR(CheckTensors(snapshot));
  return snapshot;
}

absl::Status AtPath(const std::string& path, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(path, ": ", std::string(status.message())));
}

}  // namespace

absl::Status WriteSnapshot(const std::string& path,
                           const SnapshotParameter& snapshot) {
  const absl::Status finite = CheckFinite(snapshot);
  if (!finite.ok()) return AtPath(path, finite);
  if (snapshot.ByteSizeLong() > static_cast<size_t>(kMaxPayload)) {
    return absl::ResourceExhaustedError(
        absl::StrCat(path, ": a snapshot holds at most 2 GiB, this one needs ",
                     snapshot.ByteSizeLong(), " bytes"));
  }
  std::string payload;
  CHECK(snapshot.SerializeToString(&payload));
  Header header;
  std::memcpy(header.magic, kSnapshotMagic.data(), kSnapshotMagic.size());
  header.format = kFormat;
  header.crc = Crc32(payload);
  header.payload_bytes = payload.size();
  const absl::string_view pieces[] = {
      absl::string_view(reinterpret_cast<const char*>(&header), sizeof(header)),
      payload};
  return WriteFileAtomically(path, pieces);
}

absl::StatusOr<SnapshotParameter> ReadSnapshot(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string file,
                   ReadFile(path, kMaxPayload + int64_t{sizeof(Header)}));
  absl::StatusOr<SnapshotParameter> snapshot = Decode(file);
  if (!snapshot.ok()) return AtPath(path, snapshot.status());
  return snapshot;
}

}  // namespace tamp
