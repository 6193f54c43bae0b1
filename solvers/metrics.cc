#include "solvers/metrics.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "solvers/write_error.h"

namespace tamp {
namespace {

using Record = nlohmann::ordered_json;

Record StartRecord(const char* type, const TrainingPosition& position,
                   const LossAndAccuracy& mean) {
  Record record;
  record["type"] = type;
  record["iteration"] = position.iteration;
  record["epoch"] = position.epoch;
  record["loss"] = mean.loss;
  record["accuracy"] = nullptr;
  if (mean.accuracy) record["accuracy"] = *mean.accuracy;
  return record;
}

absl::Status CannotWrite(const std::string& path) {
  return WriteError(absl::StrCat(path, ": cannot write metrics"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsFile>> MetricsFile::Open(
    const std::string& path, bool append) {
  std::FILE* const file = std::fopen(path.c_str(), append ? "a" : "w");
  if (file == nullptr) return CannotWrite(path);
  return absl::WrapUnique(new MetricsFile(path, file));
}

MetricsFile::~MetricsFile() { std::fclose(file_); }

void MetricsFile::OnTrain(const TrainReport& report) {
  Record record = StartRecord("train", report.position, report.mean);
  record["lr"] = report.lr;
  record["images_per_second"] = report.images_per_second;
  WriteLine(record.dump());
}

void MetricsFile::OnTest(const TestReport& report) {
  Record record = StartRecord("test", report.position, report.mean);
  record["samples"] = report.samples;
  if (report.num_test_nets > 1) record["net"] = report.test_net;
  WriteLine(record.dump());
}

void MetricsFile::WriteLine(std::string line) {
  line += '\n';
  const bool written =
      std::fwrite(line.data(), 1, line.size(), file_) == line.size() &&
      std::fflush(file_) == 0;
  if (!written && status_.ok()) {
    status_ = CannotWrite(path_);
  }
}

}  // namespace tamp
