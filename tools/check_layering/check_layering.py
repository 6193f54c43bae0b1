"""Checks that every #include points downwards: the table of DEVELOPERS.md.

Usage: check_layering.py ROOT

Prints `file:line: message` for each include that the table forbids, and for
each line of a layer that touches the elements of a tensor, which is a kernel's
work; exit status 1 when there is one. Bazel's visibility keeps targets apart;
this keeps files apart, such as a layer's logic and its CPU kernel, which live
in one room.
"""

import os
import re
import sys

ROOMS = ("core", "kernels", "proto", "data", "layers", "formats", "net",
         "solvers", "tools", "tests")
SOURCES = (".h", ".cc", ".cu", ".cuh", ".inc")
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')

# Whole rooms that a room may include; `forbids_own` takes some files out again.
MAY_INCLUDE = {
    "core": {"core"},
    "kernels": {"core", "kernels"},
    "proto": {"core", "proto"},
    "data": {"core", "proto", "data"},
    "layers": {"core", "kernels", "proto", "layers"},
    "formats": {"core", "kernels", "proto", "layers", "formats"},
    "net": {"core", "kernels", "proto", "layers", "net"},
    "solvers": {"core", "kernels", "proto", "layers", "formats", "net", "data",
                "solvers"},
    "tools": set(ROOMS) - {"tests"},
    "tests": set(ROOMS),
}

PROTOBUF = re.compile(r"google/protobuf/|.*\.pb\.h$")
CUDA = re.compile(r"cuda|cudnn|cublas|curand|cub/|nvtx")
# What a layer's logic may not do: go through the elements of a tensor, or look
# at one. (Sizes and options are its own.)
TOUCHES_ELEMENTS = re.compile(
    r"\bstd::(fill|copy|transform|accumulate|for_each|memcpy|memset)\w*\("
    r"|\bmem(cpy|move|set)\("
    r"|\bdata\s*\[|\*\s*[\w.\[\]>-]+(\.|->)data\b"
    r"|\.strided\(\)\.at\(")
OPENBLAS = re.compile(r"(.*/)?(cblas|lapacke|openblas)[^/]*\.h$")


def room_of(path):
    """The first folder: "core" of "core/cpu/gemm.h"."""
    return path.split("/")[0]


def backend_of(path):
    """"cpu" or "cuda" for a backend's own folder, otherwise None."""
    match = re.match(r"(?:core|kernels)/(cpu|cuda)/", path)
    return match and match.group(1)


def layer_of(path):
    """"relu" of "layers/relu/relu_cpu.h"; None outside a layer's room."""
    match = re.match(r"layers/(?!options/)([^/]+)/", path)
    return match and match.group(1)


def is_test(path):
    """Also relu_benchmark.cc, and relu_test_problem.h that tests share."""
    return bool(re.search(r"_(test|benchmark)(_\w+)?\.(h|cc|cu)$", path))


def is_table(path):
    """The lists of all layers, which alone may include every room."""
    return bool(re.match(r"layers/\w+_layers\.(cc|h)$", path))


def is_backend(path):
    """Where a device, its layers and its solver's kernel become one value."""
    return bool(re.match(r"solvers/backend_(cpu|cuda)\.(h|cc)$", path))


def kernel_of(path):
    """The backend of relu_cpu.cc, relu_cpu_rows.cc and all files of a room's
    folder cpu/, otherwise None."""
    match = (re.search(r"_(cpu|cuda)(_\w+)?\.(h|cc|cu|cuh)$", path) or
             re.match(r"layers/[^/]+/(cpu|cuda)/", path))
    if match:
        return match.group(1)
    return "cuda" if path.endswith((".cu", ".cuh")) else None


def is_logic(path):
    """What decides: a layer, and how layers read their options."""
    return bool(re.match(r"layers/(\w+/\w+_layer|options/\w+)\.cc$", path) and
                not is_test(path))


def is_read_by_nvcc(path):
    """Files that nvcc compiles, and the contracts that they include: of the
    room kernels all headers."""
    return (path.endswith((".cu", ".cuh", "_kernel.h")) or
            bool(re.match(r"kernels/[^/]+\.h$", path)))


def forbids_backend(path, include):
    """Why `path` may not include a file of a backend's folder."""
    wanted, own = backend_of(include), backend_of(path)
    if own:
        return None if own == wanted else "the backends do not know each other"
    if room_of(path) in ("tools", "tests") or is_test(path):
        return None
    if kernel_of(path) == wanted or is_table(path):
        return None
    return (f"only kernels (files named *_{wanted}.* or *_{wanted}_*.*, or in a "
            f"folder {wanted}/), tools and tests may include core/{wanted} and "
            f"kernels/{wanted}")


def forbids_layer_file(path, include):
    """Why `path` may not include a file of a layer's room."""
    if is_table(path) or room_of(path) in ("tools", "tests"):
        return None
    if layer_of(path) != layer_of(include):
        return "a layer's room is included only by the tables of layers"
    if is_test(path) or kernel_of(path):
        return None
    if kernel_of(include):
        return "a layer's logic knows its kernel's contract, not its backends"
    return None


def forbids_above_kernel(path, include):
    """Why a kernel may not include files of the layers above it."""
    if room_of(include) == "proto":
        return "a kernel takes pointers and numbers, never a proto"
    if (re.match(r"layers/(options/)?[^/]+$", include) or
            include.endswith("_layer.h")):
        return "a kernel does not know layers"
    return None


def forbids_own(path, include):
    """Why `path` may not include `include`, another file of ours, or None."""
    room, other = room_of(path), room_of(include)
    if other == "tests" and room != "tests":
        if is_test(path) and include.startswith("tests/util/"):
            return None
        return "only tests may include tests/util, and nobody the rest"
    if layer_of(path) == "data" and other == "data" and not kernel_of(path):
        return None
    if room == "net" and include == "data/batch_source.h":
        return None  # opened data, which a net hands on to its Data layer
    if room == "data" and other == "formats" and is_test(path):
        return None  # recordings to hold its images against
    if other not in MAY_INCLUDE[room]:
        return f"{room} may not include {other}"
    if backend_of(include):
        return forbids_backend(path, include)
    if layer_of(include):
        reason = forbids_layer_file(path, include)
        if reason:
            return reason
    in_room = layer_of(path) or room == "solvers"
    if in_room and not (is_test(path) or is_backend(path)) and (
            kernel_of(path) or is_read_by_nvcc(path)):
        return forbids_above_kernel(path, include)
    return None


def forbids_library(path, include):
    """Why `path` may not include a header of a library, or None."""
    room = room_of(path)
    if PROTOBUF.match(include) and room in ("core", "kernels"):
        return f"{room} does not know protobuf"
    if PROTOBUF.match(include) and kernel_of(path) and not is_test(path):
        return "a kernel takes pointers and numbers, never a proto"
    if OPENBLAS.match(include) and not path.startswith("core/cpu/"):
        return "only core/cpu calls OpenBLAS"
    if CUDA.match(include) and not (backend_of(path) == "cuda" or
                                    kernel_of(path) == "cuda" or
                                    path.startswith(("tests/cuda_sim/",
                                                     "tests/cuda_judge/"))):
        return ("only core/cuda, kernels/cuda, *_cuda.* and the stand-ins of "
                "its libraries know CUDA")
    if include == "omp.h":
        return "threads come from core/threads/thread_pool.h"
    if include.startswith("absl/flags/") and room not in ("tools", "tests"):
        return "flags belong to tools"
    if include.startswith("absl/synchronization/"):
        return ("use std::mutex: the library's own mutex is invisible to "
                "ThreadSanitizer")
    return None


def nvcc_reason(include):
    """Why nvcc may not meet `include`, or None."""
    if include.startswith("absl/") or PROTOBUF.match(include):
        return "nvcc must not read absl or protobuf"
    return None


class Tree:
    """The includes of all files below a root, read once."""

    def __init__(self, root):
        self.includes = {}  # path -> [(line number, < or ", included path)]
        self.touches = []  # (path of a layer's logic, line number)
        for room in ROOMS:
            for folder, _, names in os.walk(os.path.join(root, room)):
                for name in sorted(names):
                    if name.endswith(SOURCES):
                        full = os.path.join(folder, name)
                        path = os.path.relpath(full, root)
                        with open(full, encoding="utf-8") as text:
                            self._read(path, text.readlines())

    def _read(self, path, lines):
        matches = [(i, INCLUDE.match(line)) for i, line in enumerate(lines, 1)]
        self.includes[path] = [(i, *match.groups()) for i, match in matches
                               if match]
        if is_logic(path):
            self.touches += [(path, i) for i, line in enumerate(lines, 1)
                             if TOUCHES_ELEMENTS.search(line.split("//")[0])]

    def chain_into_absl(self, path):
        """The includes from `path` to what nvcc must not read, or []."""
        seen, stack = {path}, [[path]]
        while stack:
            chain = stack.pop()
            for _, _, include in self.includes.get(chain[-1], []):
                if nvcc_reason(include):
                    return chain[1:] + [include]
                if include not in seen:
                    seen.add(include)
                    stack.append(chain + [include])
        return []

    def errors(self):
        """All violations as `file:line: message`."""
        found = [f"{path}:{line}: a layer decides, a kernel computes: it does "
                 "not touch elements" for path, line in self.touches]
        for path, includes in sorted(self.includes.items()):
            for line, quote, include in includes:
                reason = self._reason(path, quote, include)
                if reason:
                    found.append(f'{path}:{line}: "{include}": {reason}')
        return found

    def _reason(self, path, quote, include):
        if quote == '"' and "/" not in include:
            return "include by the path from the workspace's root"
        reason = forbids_library(path, include)
        if not reason and quote == '"' and room_of(include) in ROOMS:
            reason = forbids_own(path, include)
        if not reason and is_read_by_nvcc(path):
            reason = self._nvcc_reason(include)
        return reason

    def _nvcc_reason(self, include):
        chain = self.chain_into_absl(include)
        if nvcc_reason(include) or not chain:
            return nvcc_reason(include)
        return "nvcc must not read absl or protobuf: " + " -> ".join(chain)


def main():
    tree = Tree(sys.argv[1])
    errors = tree.errors()
    for error in errors:
        print(error)
    print(f"{len(tree.includes)} files, {len(errors)} forbidden includes")
    if not tree.includes:
        print(f"no sources below {sys.argv[1]}")
        return 1
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
