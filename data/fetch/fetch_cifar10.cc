#include "data/fetch/fetch_cifar10.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "core/files/shown_name.h"
#include "core/status_macros.h"
#include "data/datasets/cifar.h"
#include "data/fetch/unpack.h"

namespace tamp {
namespace {

constexpr int64_t kArchiveBytes = 170'052'171;
constexpr char kWorkFolder[] = ".download";
constexpr UnpackLimits kLimits = {int64_t{200} << 20, 32};

absl::Status MakeFolder(const std::string& folder) {
  std::error_code error;  // the form that does not throw
  std::filesystem::create_directories(folder, error);
  if (!error) return absl::OkStatus();
  return absl::ErrnoToStatus(error.value(),
                             absl::StrCat("cannot make ", folder));
}

// Whether nobody else has put anything there.
absl::Status CheckFolderIsOurs(const std::string& folder,
                               const RemoteFile& archive) {
  if (HasCifar100(folder)) {
    return absl::FailedPreconditionError(absl::StrCat(
        folder, " holds CIFAR-100, not CIFAR-10; to train on it use backend: ",
        "CIFAR100, or give CIFAR-10 another folder with --data_dir"));
  }
  std::error_code error;  // the form that does not throw
  std::filesystem::directory_iterator it(folder, error), end;
  std::set<std::string> others;
  for (; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name != kWorkFolder) others.insert(name);
  }
  if (others.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "CIFAR-10 is not, or not whole, in ", folder, ", which holds ",
      ShownName(*others.begin()),
      others.size() == 1 ? ""
                         : absl::StrCat(" and ", others.size() - 1, " more"),
      "; nothing is fetched into a folder with other files: say with "
      "--data_dir which folder to use, or unpack ",
      archive.url, " yourself"));
}

absl::Status Fetch(const std::string& folder, const RemoteFile& archive,
                   const DownloadProgress& progress) {
  const std::string work = absl::StrCat(folder, "/", kWorkFolder);
  const auto remove_work = [&work] {
    std::error_code error;
    std::filesystem::remove_all(work, error);
  };
  remove_work();  // what an interrupted run has left
  const auto cleanup = absl::MakeCleanup(remove_work);
  RETURN_IF_ERROR(MakeFolder(work + "/unpacked"));
  const std::string archive_path = work + "/archive";
  RETURN_IF_ERROR(Download(archive, archive_path, progress));
  RETURN_IF_ERROR(Unpack(archive_path, work + "/unpacked", kLimits));
  if (!HasCifar10(work + "/unpacked")) {
    return absl::InvalidArgumentError(
        absl::StrCat(archive.url, " does not hold CIFAR-10's files"));
  }
  const std::string from = absl::StrCat(work, "/unpacked/", kCifar10Folder);
  const std::string to = absl::StrCat(folder, "/", kCifar10Folder);
  if (std::rename(from.c_str(), to.c_str()) != 0) {
    return absl::ErrnoToStatus(errno,
                               absl::StrCat("cannot put the files into ", to,
                                            "; remove it if it is incomplete"));
  }
  return absl::OkStatus();
}

}  // namespace

RemoteFile Cifar10Archive() {
  return {"https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
          "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
          kArchiveBytes};
}

absl::Status FetchMissingCifar10(const std::string& folder,
                                 const RemoteFile& archive,
                                 const DownloadProgress& progress) {
  if (HasCifar10(folder)) return absl::OkStatus();
  RETURN_IF_ERROR(CheckFolderIsOurs(folder, archive));
  const absl::Status status = Fetch(folder, archive, progress);
  if (status.ok() || absl::IsCancelled(status)) return status;
  return absl::Status(
      status.code(),
      absl::StrCat("CIFAR-10 is not in ", folder, ": ", status.message(),
                   ". Unpack ", archive.url,
                   " there yourself, or say with --data_dir where its files "
                   "are. Without a network this works: ./bazelw run "
                   "//tools:train -- --solver=solvers/fashion_mnist.prototxt"));
}

}  // namespace tamp
