"""A repository of the CUDA toolkit in $CUDA_HOME: nvcc and the libraries.

Bazel asks for it only where something of CUDA is built (--config=cuda).
"""

_DEFAULT_HOME = "/usr/local/cuda"

# Of the architectures, those that nvcc must know and those that it may still
# know. Later devices compile the newest one's PTX when a program starts.
_REQUIRED = ["80", "86", "89", "90"]
_WELCOME = ["75"]

# Each library's headers below include/. Those of cudart are what is left.
_HEADERS = {
    "cublas": ["cublas*.h"],
    "cudnn": ["cudnn*.h"],
    "nccl": ["nccl*.h"],
}

# What CUDA 13 also brings, and no host compiler needs to see.
_NOT_OURS = ["include/cccl/**", "include/nvtx3/**"]

# What must be there: `lib/` stands for the folder of the libraries.
COMPONENTS = {
    "nvcc": ["bin/nvcc"],
    "cudart": ["include/cuda_runtime_api.h", "lib/libcudart.so"],
    "cuBLAS": ["include/cublas_v2.h", "lib/libcublas.so"],
    "cuDNN 9": ["include/cudnn_version.h", "lib/libcudnn.so"],
    "NCCL": ["include/nccl.h", "lib/libnccl.so"],
}

def missing_components(present):
    """All that is missing at once, so that one installation repairs it.

    Args:
      present: those files of COMPONENTS that are there.

    Returns:
      a list such as ["NCCL (lib/libnccl.so)"].
    """
    missing = []
    for component, files in COMPONENTS.items():
        absent = [file for file in files if file not in present]
        if absent:
            missing.append("%s (%s)" % (component, ", ".join(absent)))
    return missing

def _fail(home, what):
    fail(("%s: %s; install NVIDIA's CUDA toolkit with cuDNN 9 and NCCL and set " +
          "CUDA_HOME to its folder, or leave out --config=cuda") % (home, what))

def _run(ctx, home, command):
    result = ctx.execute(command)
    if result.return_code != 0:
        _fail(home, "%s failed: %s" % (command[-1], result.stderr.strip()))
    return result.stdout.strip()

# NVIDIA's installers put libraries in lib64, its archives in lib.
def _library_folder(home):
    lib64 = home.get_child("lib64")
    return lib64 if lib64.exists else home.get_child("lib")

def _check_components(home, libraries):
    present = []
    for files in COMPONENTS.values():
        for file in files:
            folder, name = file.split("/")
            place = libraries if folder == "lib" else home.get_child(folder)
            if place.get_child(name).exists:
                present.append(file)
    missing = missing_components(present)
    if missing:
        _fail(home, "there is no " + ", no ".join(missing))

def _check_cudnn(ctx, home):
    text = ctx.read(home.get_child("include").get_child("cudnn_version.h"))
    if "#define CUDNN_MAJOR 9\n" not in text:
        _fail(home, "its cuDNN is not version 9")

# The architectures, as numbers, that nvcc makes code for.
def _known_architectures(ctx, home, nvcc):
    names = _run(ctx, home, [nvcc, "--list-gpu-code"]).split("\n")
    known = [name[len("sm_"):] for name in names if name.startswith("sm_")]
    missing = ["sm_" + number for number in _REQUIRED if number not in known]
    if missing:
        _fail(home, "its nvcc is too old for " + ", ".join(missing))
    return known

_BUILD = """
load("@tamp//third_party/cuda:toolkit_info.bzl", "cuda_toolkit")

package(default_visibility = [{users}])

cuda_toolkit(
    name = "toolkit",
    architectures = {architectures},
    known = {known},
    nvcc = {nvcc},
    version = {version},
)

cc_library(
    name = "cudart",
    hdrs = glob(["include/**/*.h", "include/**/*.hpp", "include/nv/**"], exclude = {not_cudart}),
    includes = ["include"],
    linkopts = {linkopts},
)
"""

_LIBRARY = """
cc_library(
    name = {name},
    hdrs = glob({headers}),
    linkopts = [{flag}],
    deps = [":cudart"],
)
"""

_LINKOPTS = ["-L{}", "-Wl,-rpath,{}", "-lcudart"]

def _fill(template, **values):
    return template.format(**{name: repr(value) for name, value in values.items()})

def _cuda_repository_impl(ctx):
    home = ctx.path(ctx.os.environ.get("CUDA_HOME") or _DEFAULT_HOME)
    nvcc = home.get_child("bin").get_child("nvcc")
    libraries = _library_folder(home)
    _check_components(home, libraries)
    _check_cudnn(ctx, home)
    known = _known_architectures(ctx, home, nvcc)
    headers = {
        name: ["include/" + pattern for pattern in patterns]
        for name, patterns in _HEADERS.items()
    }
    ctx.symlink(home.get_child("include"), "include")
    targets = [_fill(
        _BUILD,
        users = ctx.attr.users,
        architectures = [n for n in _WELCOME + _REQUIRED if n in known],
        known = known,
        nvcc = str(nvcc),
        version = _run(ctx, home, [nvcc, "--version"]).split("\n")[-1],
        linkopts = [flag.format(libraries) for flag in _LINKOPTS],
        not_cudart = _NOT_OURS + [p for patterns in headers.values() for p in patterns],
    )]
    for name, patterns in headers.items():
        targets.append(_fill(
            _LIBRARY,
            name = name,
            headers = patterns,
            flag = "-l" + name,
        ))
    ctx.file("BUILD", "".join(targets))

# Asks again whenever Bazel starts.
_cuda_repository = repository_rule(
    implementation = _cuda_repository_impl,
    attrs = {"users": attr.string(mandatory = True)},
    environ = ["CUDA_HOME"],
    local = True,
)

def cuda_repository(name, users):
    """Makes `@name//:toolkit`, for cuda_library, and a cc_library a library.

    Args:
      name: of the repository.
      users: the only package that sees them.
    """
    _cuda_repository(name = name, users = users)
