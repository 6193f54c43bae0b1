"""Datasheets, the watch over memory, and a machine whose driver is missing."""

import os
import time
import unittest

from tools.gpu_check import gpu


class GpuTest(unittest.TestCase):

    def test_knows_datasheets_by_name(self):
        self.assertEqual(gpu.datasheet("NVIDIA H200")["bytes"], 4.8)
        self.assertEqual(gpu.datasheet("NVIDIA H100 80GB HBM3")["bytes"], 3.35)
        self.assertEqual(gpu.datasheet("NVIDIA H100 PCIe")["bytes"], 2.0)
        self.assertEqual(gpu.datasheet("NVIDIA A100-SXM4-40GB")["bytes"], 1.555)
        self.assertIsNone(gpu.datasheet("NVIDIA GeForce RTX 4090"))

    def test_watches_the_most_that_was_taken(self):
        values = iter([100, 300, 900, 400] + [100] * 10000)
        with gpu.MemoryWatch(lambda: next(values), interval=0.01) as watch:
            time.sleep(0.3)
        self.assertEqual(watch.mebibytes, 800)

    def test_unknown_memory_is_not_zero(self):
        with gpu.MemoryWatch(lambda: None, interval=0.01) as watch:
            time.sleep(0.05)
        self.assertIsNone(watch.mebibytes)

    def test_says_why_there_is_no_gpu(self):
        count, why = gpu.count_devices(dict(os.environ))
        self.assertEqual(count == 0, why != "")


if __name__ == "__main__":
    unittest.main()
