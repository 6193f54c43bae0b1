#include "data/images/exif_orientation.h"

#include <zlib.h>

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace tamp {
namespace {

constexpr int kUpright = 1;
constexpr absl::string_view kExifName("Exif\0\0", 6);
constexpr absl::string_view kPngStart("\x89PNG\r\n\x1A\n", 8);

// Unsigned numbers at an offset; 0 beyond the end.
class Numbers {
 public:
  Numbers(absl::string_view bytes, bool is_big_endian)
      : bytes_(bytes), is_big_endian_(is_big_endian) {}

  uint32_t Read(uint64_t offset, int size) const {
    if (offset + size > bytes_.size()) return 0;
    uint32_t number = 0;
    for (int i = 0; i < size; ++i) {
      const int place = is_big_endian_ ? i : size - 1 - i;
      number = number << 8 | static_cast<uint8_t>(bytes_[offset + place]);
    }
    return number;
  }

 private:
  absl::string_view bytes_;
  bool is_big_endian_;
};

// Looks for the tag 0x0112 in the first directory of a TIFF structure: the
// number of entries, then of each 12 bytes a tag, a type, a count and a value.
int FindInTiff(absl::string_view tiff) {
  const bool is_big_endian = absl::StartsWith(tiff, "MM");
  if (!is_big_endian && !absl::StartsWith(tiff, "II")) return kUpright;
  const Numbers numbers(tiff, is_big_endian);
  if (numbers.Read(2, 2) != 42) return kUpright;
  const uint64_t directory = numbers.Read(4, 4);
  const uint32_t num_entries = numbers.Read(directory, 2);
  for (uint32_t i = 0; i < num_entries; ++i) {
    const uint64_t entry = directory + 2 + 12 * i;
    if (numbers.Read(entry, 2) != 0x0112) continue;
    constexpr uint32_t kShort = 3;
    const uint32_t value = numbers.Read(entry + 8, 2);
    const bool is_valid = numbers.Read(entry + 2, 2) == kShort &&
                          numbers.Read(entry + 4, 4) == 1 && value >= 1 &&
                          value <= 8;
    return is_valid ? static_cast<int>(value) : kUpright;
  }
  return kUpright;
}

absl::Status EndsTooEarly() {
  return absl::InvalidArgumentError(
      "ends where its EXIF orientation could still follow");
}

// Goes through the segments before the first scan: FF, a marker, two bytes of
// length, which count themselves, and data.
absl::StatusOr<int> FindInJpeg(absl::string_view file) {
  const Numbers numbers(file, /*is_big_endian=*/true);
  uint64_t at = 2;
  while (at + 4 <= file.size()) {
    // Fill bytes, and what a decoder passes over as well.
    const uint32_t marker = numbers.Read(at + 1, 1);
    if (numbers.Read(at, 1) != 0xFF || marker == 0xFF || marker == 0) {
      ++at;
      continue;
    }
    constexpr uint32_t kScan = 0xDA, kEnd = 0xD9, kApp1 = 0xE1;
    if (marker == kScan || marker == kEnd) return kUpright;
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {
      at += 2;  // these have no length
      continue;
    }
    const uint32_t length = numbers.Read(at + 2, 2);
    absl::string_view data = file.substr(at + 4);
    if (length < 2) return kUpright;
    if (data.size() < length - 2) return EndsTooEarly();
    data = data.substr(0, length - 2);
    if (marker == kApp1 && absl::ConsumePrefix(&data, kExifName)) {
      return FindInTiff(data);
    }
    at += 2 + length;
  }
  return EndsTooEarly();
}

// Goes through the chunks: length of the data, type, data, checksum of type and
// data. eXIf may stand before the pixels or behind them.
absl::StatusOr<int> FindInPng(absl::string_view file) {
  const Numbers numbers(file, /*is_big_endian=*/true);
  uint64_t at = kPngStart.size();
  while (at + 12 <= file.size()) {
    const uint64_t length = numbers.Read(at, 4);
    const absl::string_view type = file.substr(at + 4, 4);
    if (type == "IEND") return kUpright;
    if (at + 12 + length > file.size()) return EndsTooEarly();
    if (type == "eXIf") {
      const absl::string_view checked = file.substr(at + 4, 4 + length);
      const uint32_t checksum =
          crc32(crc32(0, nullptr, 0),
                reinterpret_cast<const Bytef*>(checked.data()), checked.size());
      if (checksum != numbers.Read(at + 8 + length, 4)) return kUpright;
      absl::string_view data = checked.substr(4);
      absl::ConsumePrefix(&data, kExifName);  // which some writers leave there
      return FindInTiff(data);
    }
    at += 12 + length;
  }
  return EndsTooEarly();
}

}  // namespace

absl::StatusOr<int> ReadExifOrientation(absl::string_view file) {
  return absl::StartsWith(file, kPngStart) ? FindInPng(file) : FindInJpeg(file);
}

ImageSize TurnedSize(const ImageSize& stored, int orientation) {
  if (orientation < 5) return stored;
  return {stored.width, stored.height};
}

void Turn(const ImageView& stored, int orientation, Image* turned) {
  const bool lies = orientation >= 5;
  const bool rows_backwards = orientation == 3 || orientation == 4 ||
                              orientation == 6 || orientation == 7;
  const bool columns_backwards = orientation == 2 || orientation == 3 ||
                                 orientation == 7 || orientation == 8;
  const int64_t row_step = rows_backwards ? -stored.width : stored.width;
  const int64_t column_step = columns_backwards ? -1 : 1;
  const int64_t first =
      (rows_backwards ? (stored.height - 1) * stored.width : 0) +
      (columns_backwards ? stored.width - 1 : 0);
  const int64_t x_step = lies ? row_step : column_step;
  const int64_t y_step = lies ? column_step : row_step;
  const ImageSize size = TurnedSize({stored.height, stored.width}, orientation);
  turned->Resize(stored.channels, size.height, size.width);
  for (int64_t c = 0; c < stored.channels; ++c) {
    const uint8_t* plane = stored.row(c, 0);
    for (int64_t y = 0; y < size.height; ++y) {
      uint8_t* out = turned->row(c, y);
      for (int64_t x = 0; x < size.width; ++x) {
        out[x] = plane[first + y * y_step + x * x_step];
      }
    }
  }
}

}  // namespace tamp
