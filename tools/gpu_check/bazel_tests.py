"""Asks Bazel which tests say something of a GPU, and builds what is packed."""

import os
import subprocess

OPTIONS = ("--config=cuda", "--//third_party/cuda:architectures=80,90")
_TOOLS = ("check_device", "compare", "device", "dump", "test", "time", "train")

# Kernels and the device itself; all that goes over AvailableDevices().
_KERNEL_TESTS = ('attr(tags, "\\bgpu\\b", tests(//...)) union '
                 'tests(//core/cuda/...)')
_DEVICES_TESTS = ("tests(//...) intersect "
                  "rdeps(//..., //tests/util/devices:available_devices)")
# Targets that this configuration leaves out become empty lines.
_COMPATIBLE = ('"" if "IncompatiblePlatformProvider" in (providers(target) or {})'
               ' else str(target.label)')


def _bazel(root, *arguments):
    return subprocess.run(
        [os.path.join(root, "bazelw"), *arguments], cwd=root, check=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True).stdout


def _labels(text):
    """Of Bazel's lines; those of newer versions begin with "@@"."""
    return [line.lstrip("@") for line in text.split() if "//" in line]


def path_of(label):
    """"layers/relu/relu_test" of "//layers/relu:relu_test"."""
    return label[2:].replace(":", "/").lstrip("/")


def _compatible(root, labels):
    """Those that --config=cuda builds."""
    packages = sorted({label.split(":")[0] + ":all" for label in labels})
    text = _bazel(root, "cquery", "--noshow_progress", *OPTIONS,
                  "--output=starlark", f"--starlark:expr={_COMPATIBLE}",
                  f"tests({' + '.join(packages)})")
    return set(_labels(text)) & set(labels)


def find_tests(root):
    """The tests of a manifest: {"label", "path", "is_over_devices"}."""
    kernels = _labels(_bazel(root, "query", "--noshow_progress", _KERNEL_TESTS))
    devices = _labels(_bazel(root, "query", "--noshow_progress", _DEVICES_TESTS))
    compatible = _compatible(root, sorted({*kernels, *devices}))
    return [{"label": label, "path": path_of(label),
             "is_over_devices": label not in kernels}
            for label in dict.fromkeys(sorted(kernels) + sorted(devices))
            if label in compatible]


def find_tools(root):
    """The labels of the tools that are packed."""
    labels = _labels(_bazel(root, "query", "--noshow_progress",
                            "kind(cc_binary, //tools:all)"))
    return [label for label in sorted(labels) if label.split(":")[1] in _TOOLS]


def build(root, labels):
    """Builds them, and gives the folder of the results."""
    _bazel(root, "build", *OPTIONS, *labels)
    return _bazel(root, "info", *OPTIONS, "bazel-bin").strip()


def read_manifest(text, workspace="tamp"):
    """{path in the workspace: file} of a program's runfiles; a file that is
    another repository's is an error, for no program asks for one."""
    files = {}
    for line in text.splitlines():
        name, _, file = line.partition(" ")
        room, _, path = name.partition("/")
        if room != workspace:
            raise ValueError(f"{name} is not a file of {workspace}")
        if file:
            files[path] = file
    return files


def runfiles(bazel_bin, paths):
    """All files that these programs want to find, themselves among them."""
    files = {}
    for path in paths:
        manifest = os.path.join(bazel_bin, path + ".runfiles_manifest")
        with open(manifest, encoding="utf-8") as file:
            files.update(read_manifest(file.read()))
    return files
