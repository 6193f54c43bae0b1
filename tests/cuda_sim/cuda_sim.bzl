"""Tests of CUDA kernels on CPUs: each kernel as nvcc compiles it."""

load("@rules_cc//cc:defs.bzl", "cc_library", "cc_test")

# An illegal instruction for an index outside of an array, which the simulator
# reports.
_CHECKS = [
    "-fsanitize=bounds",
    "-fsanitize-undefined-trap-on-error",
]

# CUDA's words before every source, as nvcc puts its own.
_KERNEL_COPTS = _CHECKS + [
    "-include",
    "tests/cuda_sim/language/cuda_language.h",
]

# With them those of the runtime, for sources that also launch.
CUDA_COPTS = _CHECKS + [
    "-include",
    "tests/cuda_sim/include/cuda_runtime.h",
]

# The simulator changes stacks, for which it has code for x86-64.
SIMULATED_CPUS = ["@platforms//cpu:x86_64"]

def cuda_sim_library(**kwargs):
    """A part of the simulator.

    Without ThreadSanitizer: that shall see kernels, not who runs them.
    """
    cc_library(
        copts = ["-fno-sanitize=thread"],
        target_compatible_with = SIMULATED_CPUS,
        **kwargs
    )

def cuda_sim_test(name, kernels, deps, **kwargs):
    """A cc_test that launches `kernels`, .cuh files, on the simulator."""
    cc_library(
        name = name + "_kernels",
        testonly = True,
        textual_hdrs = kernels,
    )
    cc_test(
        name = name,
        copts = _KERNEL_COPTS,
        target_compatible_with = SIMULATED_CPUS,
        deps = deps + [
            ":" + name + "_kernels",
            "//tests/cuda_sim:device_memory",
            "//tests/cuda_sim:launch",
            "//tests/cuda_sim:options",
            "//tests/cuda_sim/language:cuda_language",
        ],
        **kwargs
    )
