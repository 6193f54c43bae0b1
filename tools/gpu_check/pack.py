"""Makes a folder that checks a GPU on a machine where nothing can be built.

  python3 tools/gpu_check/pack.py FOLDER

Builds the device tests and tools with --config=cuda (real code for sm_80 and
sm_90, PTX for later ones), which takes minutes, and packs them with the files
that they read and the libraries that they load, but for CUDA's and the C
library's. Then, where the GPU is: see run.py.
"""

import argparse
import json
import lzma
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
if __name__ == "__main__":
    sys.path.insert(0, ROOT)

from tools.gpu_check import bazel_tests
from tools.gpu_check import needed_libraries

MAX_BYTES = 60 * 2**20
# What runs on the other side, besides the programs.
SCRIPTS = tuple(f"tools/gpu_check/{name}.py" for name in (
    "cuda_libraries", "device_tests", "gpu", "programs", "report", "run", "speeds",
    "trainings")) + ("docs/pytorch_baseline.py",)
# Programs share most of their code: the window spans several of them.
_COMPRESSION = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 64 * 2**20}]


def _place(source, target):
    """Copies a file; a program loses its symbols."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    source = os.path.realpath(source)
    if needed_libraries.is_elf(source):
        subprocess.run(["strip", "-o", target, source], check=True)
        os.chmod(target, 0o755)
    else:
        shutil.copy(source, target)


def _all_files(folder):
    """Small ones first, so that those that are alike lie side by side."""
    paths = [os.path.join(place, name) for place, _, names in os.walk(folder)
             for name in names]
    return sorted(paths, key=lambda path: (os.path.getsize(path), path))


def _compress(tree, archive):
    with lzma.open(archive, "w", filters=_COMPRESSION) as compressed, \
            tarfile.open(fileobj=compressed, mode="w") as tar:
        for path in _all_files(tree):
            tar.add(path, os.path.relpath(path, tree))


def folder_bytes(folder):
    return sum(os.path.getsize(path) for path in _all_files(folder))


def assemble(files, tests, commit, folder, scripts_root=ROOT):
    """Packs.

    Args:
      files: {path in the workspace: file}, programs and what they read.
      tests: for the manifest (bazel_tests.find_tests).
      commit: what was built.
      folder: a new folder to write to.
      scripts_root: where SCRIPTS are.
    """
    os.makedirs(folder)
    with tempfile.TemporaryDirectory() as tree:
        for path, source in files.items():
            _place(source, os.path.join(tree, path))
        programs = [source for source in map(os.path.realpath, files.values())
                    if needed_libraries.is_elf(source)]
        libraries, cuda = needed_libraries.closure(programs)
        for name, source in libraries.items():
            _place(source, os.path.join(tree, "lib", name))
        problems = needed_libraries.problems(tree)
        if problems:
            raise ValueError("\n".join(problems))
        _compress(tree, os.path.join(folder, "tree.tar.xz"))
    for path in SCRIPTS:
        _place(os.path.join(scripts_root, path), os.path.join(folder, path))
    with open(os.path.join(folder, "manifest.json"), "w", encoding="utf-8") as file:
        json.dump({"commit": commit, "cuda_libraries": cuda, "tests": tests}, file,
                  indent=1)
    size = folder_bytes(folder)
    if size > MAX_BYTES:
        raise ValueError(f"{folder} has {size} bytes, more than {MAX_BYTES}")


def main():
    flags = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    flags.add_argument("folder", help="a new folder")
    folder = os.path.abspath(flags.parse_args().folder)
    if os.path.exists(folder):
        return f"{folder} exists: name a new one"
    tests = bazel_tests.find_tests(ROOT)
    labels = [test["label"] for test in tests] + bazel_tests.find_tools(ROOT)
    bazel_bin = bazel_tests.build(ROOT, labels)
    paths = [bazel_tests.path_of(label) for label in labels]
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT,
                            check=True, capture_output=True, text=True).stdout
    assemble(bazel_tests.runfiles(bazel_bin, paths), tests, commit.strip(), folder)
    print(f"{folder}: {len(tests)} tests, {folder_bytes(folder) / 2**20:.1f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
