#include "solvers/report/metrics.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "solvers/report/write_error.h"

namespace tamp {
namespace {

using Record = nlohmann::ordered_json;

Record ToJson(const std::optional<double>& mean) {
  return mean ? Record(*mean) : Record(nullptr);
}

Record StartRecord(const char* type, const TrainingPosition& position,
                   const LossAndAccuracy& mean) {
  Record record;
  record["type"] = type;
  record["iteration"] = position.iteration;
  record["epoch"] = position.epoch;
  record["loss"] = ToJson(mean.loss);
  record["accuracy"] = ToJson(mean.accuracy);
  return record;
}

// By the names of their tops: a number, or a list of them.
Record OutputsRecord(const std::vector<NamedMeans>& outputs) {
  Record record;
  for (const NamedMeans& output : outputs) {
    Record numbers = Record::array();
    for (const CountedMean& mean : output.numbers) {
      numbers.push_back(ToJson(mean.value()));
    }
    record[output.name] = numbers.size() == 1 ? numbers[0] : numbers;
  }
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
  if (report.loss_scale) {
    record["loss_scale"] = static_cast<int64_t>(*report.loss_scale);
    record["skipped_steps"] = report.skipped_steps;
  }
  WriteLine(record.dump());
}

void MetricsFile::OnTest(const TestReport& report) {
  const TestResult& result = report.result;
  Record record = StartRecord("test", report.position, result.mean);
  record["samples"] = result.samples;
  if (!result.others.empty()) record["outputs"] = OutputsRecord(result.others);
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
