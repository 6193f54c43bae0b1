"""device_calls.cu includes every header and calls every function that the host
and a device share."""

import os
import re
import unittest

HOST_DEVICE = re.compile(r"TAMP_HOST_DEVICE\b([^({;]*)\(")


def shared_functions(text):
    """The names of functions marked TAMP_HOST_DEVICE, but for operators."""
    names = (match.group(1).split()[-1] for match in HOST_DEVICE.finditer(text)
             if "operator" not in match.group(1))
    return [name.lstrip("*&") for name in names]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class DeviceCallsTest(unittest.TestCase):

    def test_finds_the_functions_of_a_header(self):
        text = """
          TAMP_HOST_DEVICE inline float ToFloat(int x) { return x; }
          template <typename T>
          TAMP_HOST_DEVICE T* at(int64_t image) const { return f(image); }
          TAMP_HOST_DEVICE uint32_t operator[](int64_t i) const;
          inline int OnlyForTheHost(int x);
        """
        self.assertEqual(shared_functions(text), ["ToFloat", "at"])

    def test_every_shared_function_is_called(self):
        calls = read("kernels/cuda/device_calls.cu")
        headers = ["core/philox.h"] + [
            "kernels/" + name for name in sorted(os.listdir("kernels"))
            if name.endswith(".h")]
        num_functions = 0
        for path in headers:
            for name in shared_functions(read(path)):
                num_functions += 1
                with self.subTest(header=path, function=name):
                    self.assertIn(f'#include "{path}"', calls)
                    self.assertRegex(calls, r"\b%s\(" % name)
        self.assertGreater(num_functions, 20)


if __name__ == "__main__":
    unittest.main()
