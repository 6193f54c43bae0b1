#include "formats/safetensors.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/check.h"
#include "core/files/atomic_file.h"
#include "core/files/read_file.h"
#include "core/status_macros.h"
#include "formats/stored_numbers.h"
#include "nlohmann/json.hpp"

namespace tamp {
namespace {

using Json = nlohmann::json;

constexpr int64_t kLengthBytes = 8;
constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // the format's own limit
constexpr int64_t kMaxFileBytes = int64_t{1} << 36;

// The non-negative whole numbers of a JSON array, or an error that names
// `key`. Numbers above 2^63 are refused too.
absl::StatusOr<std::vector<int64_t>> Numbers(const Json& object,
                                             const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_array()) {
    return absl::InvalidArgumentError(
        absl::StrCat("has no list \"", key, "\""));
  }
  std::vector<int64_t> numbers;
  for (const Json& element : *found) {
    if (!element.is_number_unsigned() || element.get<uint64_t>() >> 63 != 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", key, "\" holds something else than whole numbers"));
    }
    numbers.push_back(element.get<uint64_t>());
  }
  return numbers;
}

absl::StatusOr<absl::string_view> Slice(const Json& entry,
                                        absl::string_view data) {
  ASSIGN_OR_RETURN(const std::vector<int64_t> offsets,
                   Numbers(entry, "data_offsets"));
  if (offsets.size() != 2 || offsets[0] > offsets[1] ||
      offsets[1] > static_cast<int64_t>(data.size())) {
    return absl::InvalidArgumentError(
        absl::StrCat("has data_offsets that do not lie in the file's ",
                     data.size(), " bytes of data; the file may be truncated"));
  }
  return data.substr(offsets[0], offsets[1] - offsets[0]);
}

// What a tensor of a known type needs must be what it has.
absl::Status CheckSize(const Safetensors::Tensor& tensor) {
  const NumberType* type = FindNumberType(tensor.type);
  if (type == nullptr) return absl::OkStatus();
  const bool is_empty = absl::c_linear_search(tensor.dims, 0);
  int64_t bytes = is_empty ? 0 : type->bytes;
  for (const int64_t dim : tensor.dims) {
    if (dim > 0 && bytes > kMaxFileBytes / dim) {
      return absl::InvalidArgumentError(
          absl::StrCat("of shape ", tensor.ShapeText(), " is too large"));
    }
    bytes *= dim;
  }
  if (bytes == static_cast<int64_t>(tensor.bytes.size())) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("has ", tensor.bytes.size(), " bytes of data, but ",
                   tensor.type, " ", tensor.ShapeText(), " needs ", bytes));
}

// One entry of the header. Messages go behind the tensor's name.
absl::StatusOr<Safetensors::Tensor> ParseTensor(const Json& entry,
                                                absl::string_view data) {
  if (!entry.is_object()) return absl::InvalidArgumentError("is not an object");
  const auto dtype = entry.find("dtype");
  if (dtype == entry.end() || !dtype->is_string()) {
    return absl::InvalidArgumentError("has no \"dtype\"");
  }
  Safetensors::Tensor tensor;
  tensor.type = dtype->get_ref<const std::string&>();
  ASSIGN_OR_RETURN(tensor.dims, Numbers(entry, "shape"));
  ASSIGN_OR_RETURN(tensor.bytes, Slice(entry, data));
  RETURN_IF_ERROR(CheckSize(tensor));
  return tensor;
}

// Finds names that stand twice in one object while JSON is parsed, which the
// parsed object no longer shows.
class DuplicateFinder {
 public:
  bool operator()(int /*depth*/, Json::parse_event_t event, Json& parsed) {
    switch (event) {
      case Json::parse_event_t::object_start:
        names_.emplace_back();
        break;
      case Json::parse_event_t::object_end:
        names_.pop_back();
        break;
      case Json::parse_event_t::key: {
        const std::string& name = parsed.get_ref<const std::string&>();
        if (!names_.back().insert(name).second) duplicate_ = name;
        break;
      }
      default:
        break;
    }
    return true;
  }

  const std::optional<std::string>& duplicate() const { return duplicate_; }

 private:
  std::vector<absl::flat_hash_set<std::string>> names_;  // of open objects
  std::optional<std::string> duplicate_;
};

// Splits the file into its header, parsed, and its data.
absl::StatusOr<std::pair<Json, absl::string_view>> SplitFile(
    absl::string_view file) {
  if (file.size() < kLengthBytes) {
    return absl::InvalidArgumentError("too short to be a safetensors file");
  }
  uint64_t header_bytes;
  std::memcpy(&header_bytes, file.data(), kLengthBytes);
  if (header_bytes > kMaxHeaderBytes ||
      header_bytes > file.size() - kLengthBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the header's length, ", header_bytes,
        " bytes, does not fit the file: it is truncated, or no safetensors "
        "file"));
  }
  const absl::string_view header = file.substr(kLengthBytes, header_bytes);
  DuplicateFinder duplicates;
  Json json = Json::parse(header.begin(), header.end(), std::ref(duplicates),
                          /*allow_exceptions=*/false);
  if (!json.is_object()) {
    return absl::InvalidArgumentError("the header is not a JSON object");
  }
  if (duplicates.duplicate()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the header has the name \"", *duplicates.duplicate(), "\" twice"));
  }
  return std::make_pair(std::move(json),
                        file.substr(kLengthBytes + header_bytes));
}

// Tensors must follow each other from the first byte of the data to the last.
absl::Status CheckTiling(std::vector<Safetensors::Tensor> tensors,
                         absl::string_view data) {
  // Empty ones come before the one that starts at the same byte.
  std::sort(tensors.begin(), tensors.end(), [](const auto& a, const auto& b) {
    return std::make_pair(a.bytes.data(), a.bytes.size()) <
           std::make_pair(b.bytes.data(), b.bytes.size());
  });
  const char* expected = data.data();
  for (const Safetensors::Tensor& tensor : tensors) {
    if (tensor.bytes.data() != expected) {
      return absl::InvalidArgumentError(absl::StrCat(
          "tensor \"", tensor.name, "\" starts at byte ",
          tensor.bytes.data() - data.data(), " of the data instead of ",
          expected - data.data(), ": tensors overlap or leave a gap"));
    }
    expected += tensor.bytes.size();
  }
  if (expected != data.data() + data.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the tensors need ", expected - data.data(),
                     " bytes of data, the file has ", data.size()));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Safetensors::Tensor>> ParseFile(
    absl::string_view file) {
  ASSIGN_OR_RETURN(const auto split, SplitFile(file));
  const auto& [header, data] = split;
  std::vector<Safetensors::Tensor> tensors;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") continue;
    absl::StatusOr<Safetensors::Tensor> tensor = ParseTensor(entry, data);
    if (!tensor.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("tensor \"", name, "\": ", tensor.status().message()));
    }
    tensor->name = name;
    tensors.push_back(*std::move(tensor));
  }
  RETURN_IF_ERROR(CheckTiling(tensors, data));
  return tensors;
}

}  // namespace

std::string Safetensors::Tensor::ShapeText() const {
  return dims.empty() ? "scalar" : absl::StrJoin(dims, "x");
}

absl::StatusOr<std::vector<float>> Safetensors::Tensor::ToFloats() const {
  const auto error = [this](absl::string_view message) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor \"", name, "\" ", message));
  };
  const NumberType* number_type = FindNumberType(type);
  if (number_type == nullptr) {
    return error(absl::StrCat("is of type ", type, "; what can be read are ",
                              NumberTypeNames()));
  }
  absl::StatusOr<std::vector<float>> floats =
      NumbersToFloats(*number_type, bytes);
  if (!floats.ok()) return error(floats.status().message());
  return floats;
}

absl::StatusOr<Safetensors> Safetensors::Read(const std::string& path) {
  ASSIGN_OR_RETURN(std::string bytes, ReadFile(path, kMaxFileBytes));
  Safetensors file;
  file.file_ = std::make_unique<const std::string>(std::move(bytes));
  absl::StatusOr<std::vector<Tensor>> tensors = ParseFile(*file.file_);
  if (!tensors.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", tensors.status().message()));
  }
  file.tensors_ = *std::move(tensors);
  return file;
}

const Safetensors::Tensor* Safetensors::Find(absl::string_view name) const {
  const auto found =
      std::lower_bound(tensors_.begin(), tensors_.end(), name,
                       [](const Tensor& tensor, absl::string_view n) {
                         return tensor.name < n;
                       });
  return found != tensors_.end() && found->name == name ? &*found : nullptr;
}

absl::Status WriteSafetensors(const std::string& path,
                              absl::Span<const NamedFloats> tensors) {
  Json header = Json::object();
  std::vector<absl::string_view> pieces(2);
  int64_t begin = 0;
  for (const NamedFloats& tensor : tensors) {
    CHECK_EQ(static_cast<int64_t>(tensor.values.size()),
             tensor.shape.num_elements())
        << tensor.name;
    CHECK(!header.contains(tensor.name)) << tensor.name << " twice";
    const int64_t bytes = tensor.values.size() * sizeof(float);
    const absl::Span<const int64_t> dims = tensor.shape.dims();
    header[tensor.name] = {
        {"dtype", "F32"},
        {"shape", std::vector<int64_t>(dims.begin(), dims.end())},
        {"data_offsets", {begin, begin + bytes}}};
    pieces.emplace_back(reinterpret_cast<const char*>(tensor.values.data()),
                        bytes);
    begin += bytes;
  }
  std::string text = header.dump(-1, ' ', /*ensure_ascii=*/false,
                                 Json::error_handler_t::replace);
  text.resize((text.size() + 7) / 8 * 8, ' ');  // so that floats are aligned
  const uint64_t length = text.size();
  pieces[0] = {reinterpret_cast<const char*>(&length), kLengthBytes};
  pieces[1] = text;
  return WriteFileAtomically(path, pieces);
}

}  // namespace tamp
