#include "tools/flags/data_flags.h"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/logging.h"
#include "data/fetch/fetch_cifar10.h"
#include "proto/layer.pb.h"
#include "tools/runs/stop_signals.h"

ABSL_FLAG(std::string, data_dir, "",
          "Folder of the data set, instead of what the net says.");

namespace tamp {
namespace {

constexpr char kFashionMnist[] = "/usr/share/datasets/fashion-mnist";
constexpr int64_t kMegabyte = 1000000;

// One line for every tenth of the archive; stops on the user's signal.
class DownloadLog {
 public:
  bool operator()(int64_t received, int64_t total) {
    if (total > 0 && received * 10 / total != tenths_) {
      tenths_ = received * 10 / total;
      LOG(INFO) << "downloaded " << received / kMegabyte << " of "
                << total / kMegabyte << " MB";
    }
    return !CatchStopSignals();
  }

 private:
  int64_t tenths_ = 0;
};

absl::Status Prepare(const DataParameter& parameter,
                     const std::string& folder) {
  if (parameter.backend() == DataParameter::CIFAR10) {
    return FetchMissingCifar10(folder, Cifar10Archive(), DownloadLog());
  }
  std::error_code error;
  if (folder == kFashionMnist && !std::filesystem::exists(folder, error)) {
    return absl::NotFoundError(absl::StrCat(
        "no folder ", folder, "; Fashion-MNIST comes with Debian: ",
        "apt-get install dataset-fashion-mnist"));
  }
  return absl::OkStatus();
}

}  // namespace

DatasetProviderOptions DataOptionsFromFlags(uint64_t seed) {
  DatasetProviderOptions options;
  options.data_dir = absl::GetFlag(FLAGS_data_dir);
  // `bazel run` says here where the workspace is.
  const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  if (workspace != nullptr) options.base_dir = workspace;
  options.seed = seed;
  options.prepare = Prepare;
  return options;
}

}  // namespace tamp
