"""Which shared libraries programs need, and whose they are."""

import os
import re
import subprocess

# NVIDIA's: the machine that checks has them.
_CUDA = re.compile(r"lib(cuda|cudart|cublas|cublasLt|cudnn\w*|nvrtc|nvJitLink|"
                   r"nccl|cupti|cufft|curand|cusolver|cusparse)\.so")
# The C library's: they fit the kernel and each other alone.
_SYSTEM = re.compile(r"(ld-linux[\w-]*|linux-vdso|lib(c|m|dl|pthread|resolv|rt|"
                     r"util))\.so")


def is_cuda(name):
    return bool(_CUDA.match(name))


def is_system(name):
    return bool(_SYSTEM.match(name))


def parse_ldd(text):
    """({name: path} of what a program loads, names that were not found)."""
    found, missing = {}, []
    for line in text.splitlines():
        match = re.match(r"\s*(\S+) => (not found|/\S+)", line)
        if match and match.group(2) == "not found":
            missing.append(match.group(1))
        elif match:
            found[match.group(1)] = match.group(2)
    return found, missing


def closure(programs):
    """({name: path} of what is to be packed, sorted names of CUDA's)."""
    packed, cuda = {}, set()
    for program in programs:
        text = subprocess.run(["ldd", program], capture_output=True, text=True,
                              check=True).stdout
        found, missing = parse_ldd(text)
        absent = [name for name in missing if not is_cuda(name)]
        if absent:
            raise ValueError(f"{program} needs {', '.join(absent)}")
        # What CUDA's libraries bring along is theirs too.
        cuda.update(name for name in needed(program) if is_cuda(name))
        packed.update({name: path for name, path in found.items()
                       if not is_cuda(name) and not is_system(name)})
    return packed, sorted(cuda)


def is_elf(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def needed(path):
    """The names that an ELF file itself asks for."""
    text = subprocess.run(["readelf", "-d", path], capture_output=True, text=True,
                          check=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.*)\]", text)


def problems(tree):
    """What would fail, or should not be, in a tree whose libraries are in
    lib/: a line each."""
    found = []
    inside = set(os.listdir(os.path.join(tree, "lib")))
    for folder, _, names in os.walk(tree):
        for name in sorted(names):
            path = os.path.join(folder, name)
            place = os.path.relpath(path, tree)
            if is_cuda(name) or is_system(name):
                found.append(f"{place} belongs to CUDA or to the system")
            if not is_elf(path):
                continue
            found += [f"{place} needs {library}" for library in needed(path)
                      if library not in inside and not is_cuda(library) and
                      not is_system(library)]
    return found
