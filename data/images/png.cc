#include "data/images/png.h"

#include <png.h>

#include <csetjmp>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "data/images/luminance.h"

namespace tamp {
namespace {

// libpng reports through this and leaves by longjmp: a function that calls
// setjmp must own nothing that needs a destructor.
class PngReader {
 public:
  explicit PngReader(absl::string_view bytes) : rest_(bytes) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, FailAndLeave,
                                  PassOverWarning);
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
  }
  PngReader(const PngReader&) = delete;
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }

  // Reads up to the pixels. This and ReadPixels are false when libpng gave up.
  bool ReadHeader();
  // Reads the rest of the file. A pixel is the index of a color, or
  // num_samples() of them.
  // REQUIRES: ReadHeader succeeded.
  bool ReadPixels(png_bytepp rows);

  absl::Status error() const {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot be decoded as PNG: ", message_));
  }

  // REQUIRES of all that follow: ReadHeader succeeded.
  ImageSize size() const {
    return {png_get_image_height(png_, info_),
            png_get_image_width(png_, info_)};
  }
  bool has_palette() const {
    return png_get_color_type(png_, info_) == PNG_COLOR_TYPE_PALETTE;
  }
  int64_t num_samples() const {
    const int type = png_get_color_type(png_, info_);
    return has_palette() || (type & PNG_COLOR_MASK_COLOR) == 0 ? 1 : 3;
  }
  // The number of colors; *colors is memory of the reader.
  int palette(png_colorp* colors) const {
    int count = 0;
    png_get_PLTE(png_, info_, colors, &count);
    return count;
  }

 private:
  [[noreturn]] static void FailAndLeave(png_structp png, png_const_charp text) {
    auto* reader = static_cast<PngReader*>(png_get_error_ptr(png));
    std::strncpy(reader->message_, text, sizeof(reader->message_) - 1);
    png_longjmp(png, 1);
  }

  // Warnings are about what we do not use, or about bytes behind the pixels;
  // for missing or damaged pixels there are errors.
  static void PassOverWarning(png_structp, png_const_charp) {}

  static void Copy(png_structp png, png_bytep to, size_t count) {
    auto* reader = static_cast<PngReader*>(png_get_io_ptr(png));
    if (count > reader->rest_.size()) png_error(png, "the file ends too early");
    std::memcpy(to, reader->rest_.data(), count);
    reader->rest_.remove_prefix(count);
  }

  absl::string_view rest_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  char message_[128] = "out of memory";
};

bool PngReader::ReadHeader() {
  if (info_ == nullptr) return false;
  if (setjmp(png_jmpbuf(png_)) != 0) return false;
  png_set_read_fn(png_, this, Copy);
  // Nothing but header, palette and pixels is wanted: other chunks take no
  // memory, and cannot be wrong.
  png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
  png_read_info(png_, info_);
  return true;
}

bool PngReader::ReadPixels(png_bytepp rows) {
  const size_t row_bytes = size().width * num_samples();
  if (setjmp(png_jmpbuf(png_)) != 0) return false;
  png_set_scale_16(png_);  // round(v / 257)
  png_set_strip_alpha(png_);
  if (has_palette()) {
    png_set_packing(png_);  // a byte an index
  } else {
    png_set_expand_gray_1_2_4_to_8(png_);
  }
  png_set_interlace_handling(png_);
  png_read_update_info(png_, info_);
  CHECK_EQ(png_get_rowbytes(png_, info_), row_bytes);
  png_read_image(png_, rows);
  png_read_end(png_, nullptr);  // the last checksum of the pixels, the end mark
  return true;
}

// Replaces indices by their colors, of three samples each.
absl::Status LookUp(const PngReader& reader, std::vector<uint8_t>* pixels) {
  png_colorp colors = nullptr;
  const int num_colors = reader.palette(&colors);
  std::vector<uint8_t> rgb;
  rgb.reserve(3 * pixels->size());
  for (const uint8_t index : *pixels) {
    if (index >= num_colors) {
      return absl::InvalidArgumentError(
          absl::StrCat("cannot be decoded as PNG: a pixel has color ", index,
                       " of a palette of ", num_colors, " colors"));
    }
    const png_color& color = colors[index];
    rgb.insert(rgb.end(), {color.red, color.green, color.blue});
  }
  *pixels = std::move(rgb);
  return absl::OkStatus();
}

// From pixels of 1 or 3 samples side by side into planes.
void Store(const std::vector<uint8_t>& pixels, int64_t num_samples,
           int64_t channels, Image* image) {
  const int64_t num_pixels = pixels.size() / num_samples;
  uint8_t* out = image->data();
  for (int64_t i = 0; i < num_pixels; ++i) {
    const uint8_t* p = &pixels[num_samples * i];
    if (num_samples == 1) {
      for (int64_t c = 0; c < channels; ++c) out[c * num_pixels + i] = p[0];
    } else if (channels == 1) {
      out[i] = Luminance(p);
    } else {
      for (int c = 0; c < 3; ++c) out[c * num_pixels + i] = p[c];
    }
  }
}

}  // namespace

absl::StatusOr<ImageSize> ReadPngSize(absl::string_view bytes) {
  PngReader reader(bytes);
  if (!reader.ReadHeader()) return reader.error();
  return reader.size();
}

absl::Status DecodePng(absl::string_view bytes, int64_t channels,
                       Image* image) {
  PngReader reader(bytes);
  if (!reader.ReadHeader()) return reader.error();
  const ImageSize size = reader.size();
  int64_t num_samples = reader.num_samples();
  std::vector<uint8_t> pixels(size.height * size.width * num_samples);
  std::vector<png_bytep> rows(size.height);
  for (int64_t y = 0; y < size.height; ++y) {
    rows[y] = &pixels[y * size.width * num_samples];
  }
  if (!reader.ReadPixels(rows.data())) return reader.error();
  if (reader.has_palette()) {
    const absl::Status status = LookUp(reader, &pixels);
    if (!status.ok()) return status;
    num_samples = 3;
  }
  image->Resize(channels, size.height, size.width);
  Store(pixels, num_samples, channels, image);
  return absl::OkStatus();
}

}  // namespace tamp
