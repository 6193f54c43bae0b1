#include "tools/devices/device_report.h"

#include "gtest/gtest.h"

namespace tamp {
namespace {

DeviceReport TwoGpus() {
  DeviceReport report;
  report.cpu_threads = 2;
  report.reason_of_threads = "the machine's 2 processors";
  report.cpu_bytes = int64_t{8} << 30;
  report.cuda.devices = {
      {"Large GPU", int64_t{80} << 30, int64_t{79} << 30, 9, 0, 132},
      {"Small GPU", int64_t{4} << 30, int64_t{1} << 30, 8, 6, 20}};
  report.cuda.driver = "13.1";
  report.cuda.runtime = "13.0";
  report.cuda.cudnn = "9.13.1";
  report.cuda.cublas = "13.0.2";
  return report;
}

TEST(DeviceReportTest, HasALineForEachDevice) {
  EXPECT_EQ(DeviceText(TwoGpus()),
            "cpu: 2 threads (the machine's 2 processors), 8.00 GiB memory\n"
            "cuda:0: Large GPU, 80.00 GiB memory, 79.00 GiB free, compute "
            "capability 9.0, 132 multiprocessors\n"
            "cuda:1: Small GPU, 4.00 GiB memory, 1.00 GiB free, compute "
            "capability 8.6, 20 multiprocessors\n"
            "versions: driver for CUDA up to 13.1, CUDA runtime 13.0, cuDNN "
            "9.13.1, cuBLAS 13.0.2\n");
}

TEST(DeviceReportTest, SaysWhatIsMissing) {
  DeviceReport report;
  report.cpu_threads = 1;
  report.reason_of_threads = "the affinity mask";
  report.cpu_bytes = int64_t{1} << 30;
  report.cuda.missing = {"a driver; install one", "cuDNN; install it"};
  EXPECT_EQ(DeviceText(report),
            "cpu: 1 thread (the affinity mask), 1.00 GiB memory\n"
            "missing for NVIDIA GPUs: a driver; install one\n"
            "missing for NVIDIA GPUs: cuDNN; install it\n");
}

TEST(DeviceReportTest, IsJson) {
  DeviceReport report = TwoGpus();
  report.cuda.devices.resize(1);
  report.cuda.missing = {"x"};
  EXPECT_EQ(DeviceJson(report).dump(),
            R"({"cpu":{"threads":2,"reason":"the machine's 2 processors",)"
            R"("total_bytes":8589934592},"cuda":[{"name":"Large GPU",)"
            R"("total_bytes":85899345920,"free_bytes":84825604096,)"
            R"("compute_capability":"9.0","multiprocessors":132}],)"
            R"("versions":{"driver":"13.1","runtime":"13.0",)"
            R"("cudnn":"9.13.1","cublas":"13.0.2"},"missing":["x"]})");
}

}  // namespace
}  // namespace tamp
