"""Libraries of programs of this system, and whose they are by name."""

import os
import shutil
import sys
import tempfile
import unittest

from tools.gpu_check import needed_libraries as libraries

LDD = """\tlinux-vdso.so.1 (0x00007f)
\tlibopenblas.so.0 => /lib/x86_64-linux-gnu/libopenblas.so.0 (0x00007f)
\tlibcudnn.so.9 => not found
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f)
"""


class NeededLibrariesTest(unittest.TestCase):

    def test_reads_ldd(self):
        found, missing = libraries.parse_ldd(LDD)
        self.assertEqual(list(found), ["libopenblas.so.0", "libc.so.6"])
        self.assertEqual(missing, ["libcudnn.so.9"])

    def test_knows_whose_they_are(self):
        for name in ("libcudart.so.13", "libcublasLt.so.13", "libcuda.so.1",
                     "libcudnn_graph.so.9", "libnvrtc.so.13"):
            self.assertTrue(libraries.is_cuda(name), name)
        for name in ("libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2"):
            self.assertTrue(libraries.is_system(name), name)
        for name in ("libcurl.so.4", "libcrypto.so.3", "libstdc++.so.6",
                     "libcom_err.so.2", "libresolver.so.1", "tools/train"):
            self.assertFalse(libraries.is_cuda(name) or libraries.is_system(name),
                             name)

    def test_the_closure_leaves_the_system_out(self):
        packed, cuda = libraries.closure([shutil.which("openssl") or
                                          os.path.realpath(sys.executable)])
        self.assertTrue(packed)
        self.assertFalse([name for name in packed if libraries.is_system(name)])
        self.assertEqual(cuda, [])

    def test_problems_of_a_tree(self):
        with tempfile.TemporaryDirectory() as tree:
            os.mkdir(os.path.join(tree, "lib"))
            program = os.path.realpath(sys.executable)
            shutil.copy(program, os.path.join(tree, "program"))
            packed, _ = libraries.closure([program])
            for name, path in packed.items():
                shutil.copy(path, os.path.join(tree, "lib", name))
            self.assertEqual(libraries.problems(tree), [])
            first = next(iter(packed))
            os.rename(os.path.join(tree, "lib", first),
                      os.path.join(tree, "lib", "libcudart.so.13"))
            problems = libraries.problems(tree)
            self.assertIn(f"program needs {first}", problems)
            self.assertIn("lib/libcudart.so.13 belongs to CUDA or to the system",
                          problems)


if __name__ == "__main__":
    unittest.main()
