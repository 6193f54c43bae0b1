#include "core/safetensors.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/atomic_file.h"
#include "core/check.h"
#include "core/read_file.h"
#include "core/status_macros.h"
#include "nlohmann/json.hpp"

namespace tamp {
namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "elements are copied as they are in the file");

using Json = nlohmann::json;
using DataType = Safetensors::DataType;

constexpr int64_t kLengthBytes = 8;
constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // the format's own limit
constexpr int64_t kMaxFileBytes = int64_t{1} << 36;

struct TypeRow {
  const char* name;
  DataType type;
  int64_t bytes;
};

constexpr TypeRow kTypes[] = {
    {"F32", DataType::kF32, 4}, {"F64", DataType::kF64, 8},
    {"I32", DataType::kI32, 4}, {"I64", DataType::kI64, 8},
    {"U8", DataType::kU8, 1},
};

const TypeRow* FindType(const std::string& name) {
  for (const TypeRow& row : kTypes) {
    if (name == row.name) return &row;
  }
  return nullptr;
}

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

// One entry of the header. Messages go behind the tensor's name.
absl::StatusOr<Safetensors::Tensor> ParseTensor(const Json& entry,
                                                absl::string_view data) {
  if (!entry.is_object()) return absl::InvalidArgumentError("is not an object");
  const auto dtype = entry.find("dtype");
  if (dtype == entry.end() || !dtype->is_string()) {
    return absl::InvalidArgumentError("has no \"dtype\"");
  }
  const std::string& type_name = dtype->get_ref<const std::string&>();
  const TypeRow* type = FindType(type_name);
  if (type == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        "is of type ", type_name, "; F32, F64, I32, I64 and U8 can be read"));
  }
  ASSIGN_OR_RETURN(const std::vector<int64_t> dims, Numbers(entry, "shape"));
  ASSIGN_OR_RETURN(const Shape shape, Shape::Create(dims));
  ASSIGN_OR_RETURN(const std::vector<int64_t> offsets,
                   Numbers(entry, "data_offsets"));
  if (offsets.size() != 2 || offsets[0] > offsets[1] ||
      offsets[1] > static_cast<int64_t>(data.size())) {
    return absl::InvalidArgumentError(
        absl::StrCat("has data_offsets that do not lie in the file's ",
                     data.size(), " bytes of data; the file may be truncated"));
  }
  const int64_t bytes = offsets[1] - offsets[0];
  if (bytes != shape.num_elements() * type->bytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "has ", bytes, " bytes of data, but ", type_name, " ", shape.ToString(),
        " needs ", shape.num_elements() * type->bytes));
  }
  Safetensors::Tensor tensor;
  tensor.type = type->type;
  tensor.shape = shape;
  tensor.bytes = data.substr(offsets[0], bytes);
  return tensor;
}

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
  Json json = Json::parse(header.begin(), header.end(), nullptr,
                          /*allow_exceptions=*/false);
  if (!json.is_object()) {
    return absl::InvalidArgumentError("the header is not a JSON object");
  }
  return std::make_pair(std::move(json),
                        file.substr(kLengthBytes + header_bytes));
}

// Tensors must follow each other from the first byte of the data to the last.
absl::Status CheckTiling(std::vector<Safetensors::Tensor> tensors,
                         absl::string_view data) {
  std::sort(tensors.begin(), tensors.end(), [](const auto& a, const auto& b) {
    return a.bytes.data() < b.bytes.data();
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

template <typename T>
std::vector<float> ConvertToFloats(absl::string_view bytes) {
  std::vector<float> floats(bytes.size() / sizeof(T));
  for (size_t i = 0; i < floats.size(); ++i) {
    T element;
    std::memcpy(&element, bytes.data() + i * sizeof(T), sizeof(T));
    floats[i] = static_cast<float>(element);
  }
  return floats;
}

}  // namespace

std::vector<float> Safetensors::Tensor::ToFloats() const {
  switch (type) {
    case DataType::kF32:
      return ConvertToFloats<float>(bytes);
    case DataType::kF64:
      return ConvertToFloats<double>(bytes);
    case DataType::kI32:
      return ConvertToFloats<int32_t>(bytes);
    case DataType::kI64:
      return ConvertToFloats<int64_t>(bytes);
    case DataType::kU8:
      return ConvertToFloats<uint8_t>(bytes);
  }
  CHECK(false) << "unknown data type";
  return {};
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
