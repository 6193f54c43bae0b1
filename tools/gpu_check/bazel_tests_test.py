"""What Bazel's labels and lists of files become."""

import unittest

from tools.gpu_check import bazel_tests


class BazelTestsTest(unittest.TestCase):

    def test_paths_of_labels(self):
        self.assertEqual(bazel_tests.path_of("//layers/relu:relu_test"),
                         "layers/relu/relu_test")
        self.assertEqual(bazel_tests.path_of("//:a_test"), "a_test")

    def test_reads_runfiles(self):
        files = bazel_tests.read_manifest(
            "tamp/net/a.prototxt /home/me/net/a.prototxt\n"
            "tamp/net/with.prototxt /home/my folder/with.prototxt\n"
            "tamp/tools/__init__.py \n")
        self.assertEqual(files, {
            "net/a.prototxt": "/home/me/net/a.prototxt",
            "net/with.prototxt": "/home/my folder/with.prototxt"})

    def test_refuses_files_of_others(self):
        with self.assertRaisesRegex(ValueError, "bazel_tools/a"):
            bazel_tests.read_manifest("bazel_tools/a /a\n")


if __name__ == "__main__":
    unittest.main()
