#include "data/fetch/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/check.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

constexpr size_t kBlockBytes = size_t{1} << 16;

using Reader = std::unique_ptr<archive, decltype(&archive_read_free)>;

absl::Status ReadError(archive* reader) {
  const char* message = archive_error_string(reader);
  return absl::InvalidArgumentError(message != nullptr ? message
                                                       : "cannot be read");
}

// The path of an entry below the folder, or an error.
absl::StatusOr<std::string> SafePath(archive_entry* entry) {
  const char* name = archive_entry_pathname(entry);
  if (name == nullptr) return absl::InvalidArgumentError("has no name");
  std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  if (parts.back().empty()) parts.pop_back();  // of a folder
  std::string path;
  for (const absl::string_view part : parts) {
    if (part.empty() || part == "..") {
      return absl::InvalidArgumentError("would lead out of the folder");
    }
    if (part != ".") absl::StrAppend(&path, "/", part);
  }
  return path;
}

class Unpacker {
 public:
  Unpacker(archive* reader, const std::string& folder,
           const UnpackLimits& limits)
      : reader_(reader), folder_(folder), limits_(limits) {}

  // Messages go behind the entry's name.
  absl::Status UnpackEntry(archive_entry* entry);

 private:
  absl::Status WriteFile(const std::string& path);
  absl::Status CopyBlocks(int file);

  archive* const reader_;
  const std::string& folder_;
  const UnpackLimits limits_;
  int64_t num_bytes_ = 0, num_entries_ = 0;
};

absl::Status Unpacker::UnpackEntry(archive_entry* entry) {
  if (++num_entries_ > limits_.max_entries) {
    return absl::InvalidArgumentError(absl::StrCat(
        "is more than the ", limits_.max_entries, " entries expected"));
  }
  ASSIGN_OR_RETURN(const std::string below, SafePath(entry));
  const std::string path = folder_ + below;
  const bool is_link = archive_entry_hardlink(entry) != nullptr;
  std::error_code error;  // the form that does not throw
  if (archive_entry_filetype(entry) == AE_IFDIR && !is_link) {
    std::filesystem::create_directories(path, error);
    return error ? absl::ErrnoToStatus(error.value(), "cannot be written")
                 : absl::OkStatus();
  }
  if (archive_entry_filetype(entry) != AE_IFREG || is_link) {
    return absl::InvalidArgumentError("is neither a file nor a folder");
  }
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(),
                                      error);
  return WriteFile(path);
}

absl::Status Unpacker::WriteFile(const std::string& path) {
  const int file = open(
      path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (file < 0) return absl::ErrnoToStatus(errno, "cannot be written");
  auto close_file = absl::MakeCleanup([file] { close(file); });
  RETURN_IF_ERROR(CopyBlocks(file));
  std::move(close_file).Cancel();
  if (close(file) != 0) {
    return absl::ErrnoToStatus(errno, "cannot be written");
  }
  return absl::OkStatus();
}

absl::Status Unpacker::CopyBlocks(int file) {
  std::vector<char> block(kBlockBytes);
  while (true) {
    const la_ssize_t size =
        archive_read_data(reader_, block.data(), block.size());
    if (size < 0) return ReadError(reader_);
    if (size == 0) return absl::OkStatus();
    num_bytes_ += size;
    if (num_bytes_ > limits_.max_bytes) {
      return absl::InvalidArgumentError(absl::StrCat(
          "goes beyond the ", limits_.max_bytes, " bytes expected"));
    }
    for (la_ssize_t used = 0; used < size;) {
      const ssize_t n = write(file, block.data() + used, size - used);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return absl::ErrnoToStatus(errno, "cannot be written");
      used += n;
    }
  }
}

absl::Status UnpackAll(archive* reader, const std::string& folder,
                       const UnpackLimits& limits) {
  Unpacker unpacker(reader, folder, limits);
  while (true) {
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(reader, &entry);
    if (code == ARCHIVE_EOF) return absl::OkStatus();
    if (code != ARCHIVE_OK) return ReadError(reader);
    const absl::Status status = unpacker.UnpackEntry(entry);
    if (!status.ok()) {
      const char* name = archive_entry_pathname(entry);
      return absl::Status(
          status.code(),
          absl::StrCat("entry ", name ? name : "", " ", status.message()));
    }
  }
}

}  // namespace

absl::Status Unpack(const std::string& archive_path, const std::string& folder,
                    const UnpackLimits& limits) {
  const Reader reader(archive_read_new(), archive_read_free);
  CHECK(reader != nullptr);
  archive_read_support_filter_all(reader.get());
  archive_read_support_format_tar(reader.get());
  absl::Status status;
  if (archive_read_open_filename(reader.get(), archive_path.c_str(),
                                 kBlockBytes) != ARCHIVE_OK) {
    status = ReadError(reader.get());
  } else {
    status = UnpackAll(reader.get(), folder, limits);
  }
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(archive_path, ": ", status.message()));
}

}  // namespace tamp
