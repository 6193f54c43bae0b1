"""CUDA's libraries in trees made up for it."""

import os
import tempfile
import unittest

from tools.gpu_check import cuda_libraries

LDCONFIG = """2 libs found in cache `/etc/ld.so.cache'
\tlibcudnn.so.9 (libc6,x86-64) => {folder}/libcudnn.so.9
\tlibz.so.1 (libc6,x86-64) => {folder}/libz.so.1
"""


class CudaLibrariesTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def put(self, path):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8"):
            pass
        return os.path.dirname(full)

    def search(self, names, cuda_home="", ldconfig="", python_path=()):
        environ = {"CUDA_HOME": cuda_home or os.path.join(self.root, "none")}
        return cuda_libraries.find(names, cuda_libraries.candidate_folders(
            environ, ldconfig, python_path))

    def test_in_cuda_home(self):
        folder = self.put("cuda/lib64/libcudart.so.13")
        found = self.search(["libcudart.so.13"],
                            cuda_home=os.path.join(self.root, "cuda"))
        self.assertEqual(found, {"libcudart.so.13": folder})

    def test_where_ldconfig_says(self):
        folder = self.put("system/libcudnn.so.9")
        found = self.search(["libcudnn.so.9"],
                            ldconfig=LDCONFIG.format(folder=folder))
        self.assertEqual(found, {"libcudnn.so.9": folder})

    def test_in_packages_of_python(self):
        cudnn = self.put("site/nvidia/cudnn/lib/libcudnn.so.9")
        cublas = self.put("site/nvidia/cu13/lib/libcublas.so.13")
        cudart = self.put("other/nvidia/cuda_runtime/lib/libcudart.so.13")
        packages = [os.path.join(self.root, name) for name in ("site", "other")]
        found = self.search(
            ["libcudnn.so.9", "libcublas.so.13", "libcudart.so.13"],
            python_path=packages)
        self.assertEqual(found, {"libcudnn.so.9": cudnn,
                                 "libcublas.so.13": cublas,
                                 "libcudart.so.13": cudart})

    def test_cuda_home_goes_first(self):
        home = self.put("cuda/lib/libcudnn.so.9")
        self.put("site/nvidia/cudnn/lib/libcudnn.so.9")
        found = self.search(["libcudnn.so.9"],
                            cuda_home=os.path.join(self.root, "cuda"),
                            python_path=[os.path.join(self.root, "site")])
        self.assertEqual(found["libcudnn.so.9"], home)

    def test_another_version_is_none(self):
        self.put("site/nvidia/cudnn/lib/libcudnn.so.8")
        found = self.search(["libcudnn.so.9"],
                            python_path=[os.path.join(self.root, "site")])
        self.assertEqual(found, {})

    def test_the_path_names_each_folder_once(self):
        path = cuda_libraries.library_path(
            "/own", {"a.so": "/cuda", "b.so": "/cuda", "c.so": "/cudnn"})
        self.assertEqual(path, "/own:/cuda:/cudnn")


if __name__ == "__main__":
    unittest.main()
