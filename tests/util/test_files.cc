#include "tests/util/test_files.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

// After cstdio: jpeglib.h needs FILE.
#include <jpeglib.h>
#include <png.h>
#include <zlib.h>

#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/rng.h"
#include "gtest/gtest.h"

namespace tamp {

std::string EmptyFolder(const std::string& name) {
  const std::string folder = absl::StrCat(testing::TempDir(), "/", name);
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

void WriteBytes(const std::string& path, absl::string_view bytes) {
  std::filesystem::create_directories(
      std::filesystem::path(path).parent_path());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), bytes.size());
  CHECK(file.good()) << path;
}

void WriteGzip(const std::string& path, absl::string_view bytes) {
  gzFile file = gzopen(path.c_str(), "wb");
  CHECK(file != nullptr) << path;
  CHECK_EQ(gzwrite(file, bytes.data(), bytes.size()),
           static_cast<int>(bytes.size()));
  CHECK_EQ(gzclose(file), Z_OK);
}

Image RandomImage(int64_t channels, int64_t height, int64_t width,
                  uint64_t seed) {
  Image image(channels, height, width);
  RandomStream random(seed);
  for (int64_t i = 0; i < image.view().num_pixels(); ++i) {
    image.data()[i] = random.UniformInt(256);
  }
  return image;
}

Image SmoothImage(int64_t channels, int64_t height, int64_t width, int seed) {
  Image image(channels, height, width);
  for (int64_t c = 0; c < channels; ++c) {
    for (int64_t y = 0; y < height; ++y) {
      for (int64_t x = 0; x < width; ++x) {
        image.row(c, y)[x] = seed + 40 * c + 2 * y + 3 * x;
      }
    }
  }
  return image;
}

namespace {

// Channels of a pixel side by side, as encoders want them.
std::vector<uint8_t> Interleave(const ImageView& image) {
  std::vector<uint8_t> pixels;
  for (int64_t y = 0; y < image.height; ++y) {
    for (int64_t x = 0; x < image.width; ++x) {
      for (int64_t c = 0; c < image.channels; ++c) {
        pixels.push_back(image.row(c, y)[x]);
      }
    }
  }
  return pixels;
}

}  // namespace

std::string EncodeJpeg(const ImageView& image, const JpegOptions& options) {
  std::vector<uint8_t> pixels = Interleave(image);
  jpeg_compress_struct info;
  jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;  // libjpeg's type
  jpeg_mem_dest(&info, &bytes, &size);
  info.image_width = image.width;
  info.image_height = image.height;
  info.input_components = image.channels;
  info.in_color_space = image.channels == 3 ? JCS_RGB : JCS_GRAYSCALE;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 98, TRUE);
  info.restart_interval = options.restart_interval;
  if (options.progressive) jpeg_simple_progression(&info);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    JSAMPROW row = &pixels[info.next_scanline * image.width * image.channels];
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  const std::string file(reinterpret_cast<const char*>(bytes), size);
  std::free(bytes);
  return file;
}

std::string EncodePng(const ImageView& image) {
  const std::vector<uint8_t> pixels = Interleave(image);
  png_image png = {};
  png.version = PNG_IMAGE_VERSION;
  png.width = image.width;
  png.height = image.height;
  png.format = image.channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  png_alloc_size_t size = 0;
  CHECK(png_image_write_to_memory(&png, nullptr, &size, 0, pixels.data(), 0,
                                  nullptr));
  std::string file(size, '\0');
  CHECK(png_image_write_to_memory(&png, &file[0], &size, 0, pixels.data(), 0,
                                  nullptr));
  file.resize(size);
  return file;
}

std::string CifarRecords(const std::vector<int>& labels, int first_pixel) {
  std::string bytes;
  for (size_t i = 0; i < labels.size(); ++i) {
    bytes.push_back(static_cast<char>(labels[i]));
    bytes.append(3072, static_cast<char>(first_pixel + i));
  }
  return bytes;
}

void WriteCifar10(const std::string& folder, int num_train, int num_test) {
  std::vector<int> labels;
  for (int i = 0; i < num_train; ++i) labels.push_back(i % 10);
  for (int i = 0; i < 5; ++i) {
    WriteBytes(absl::StrCat(folder, "/data_batch_", i + 1, ".bin"),
               CifarRecords(labels, i * num_train));
  }
  labels.clear();
  for (int i = 0; i < num_test; ++i) labels.push_back(i % 10);
  WriteBytes(folder + "/test_batch.bin", CifarRecords(labels));
}

std::string IdxBytes(const std::vector<uint32_t>& dims,
                     absl::string_view elements) {
  std::string bytes = {0, 0, 8, static_cast<char>(dims.size())};
  for (const uint32_t extent : dims) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<char>(extent >> shift));
    }
  }
  return absl::StrCat(bytes, elements);
}

}  // namespace tamp
