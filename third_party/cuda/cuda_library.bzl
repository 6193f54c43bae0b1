"""cuda_library: .cu files, compiled by nvcc, as a library for cc_* rules.

    cuda_library(
        name = "sums_cuda",
        srcs = ["sums_cuda.cu"],
        hdrs = ["sums_cuda.h", "sums_cuda.cuh"],
        deps = [":strided"],
    )

`deps` are cc_library or cuda_library. Each file of `srcs` is a device program of
its own: a kernel calls no device function of another file, but for what headers
define. A dependency through which nvcc would read absl or protobuf is refused.

Without --config=cuda the same sources are compiled for the simulator of
tests/cuda_sim, so that tests run them on CPUs; no program links that.
"""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")
load("@bazel_skylib//rules:write_file.bzl", "write_file")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")
load("@rules_cc//cc:defs.bzl", "cc_library")
load("//tests/cuda_sim:cuda_sim.bzl", "CUDA_COPTS", "SIMULATED_CPUS")
load(":toolkit_info.bzl", "CudaToolkitInfo")

# For target_compatible_with of all that needs CUDA.
NEEDS_CUDA = select({
    "//third_party/cuda:enabled": [],
    "//conditions:default": ["@platforms//:incompatible"],
})

# For that of what is simulated instead.
NEEDS_SIMULATOR = select({
    "//third_party/cuda:enabled": ["@platforms//:incompatible"],
    "//conditions:default": SIMULATED_CPUS,
})

# What a compilation that sees a library's headers is told of it (third_party's
# pkg_config.bzl defines them).
_REFUSED = {
    "ABSL_LIBRARY_VERSION": "absl",
    "PROTOBUF_LIBRARY_VERSION": "protobuf",
}

# A function for the host called on a device is an error, where nvcc only warns;
# a conversion to the own type that an instance of a template has (554) is none.
_NVCC_FLAGS = [
    "-std=c++17",
    "--Werror=cross-execution-space-call",
    "--diag-suppress=554",
]

def _check_deps(ctx):
    for dep in ctx.attr.deps:
        for define in dep[CcInfo].compilation_context.defines.to_list():
            library = _REFUSED.get(define.split("=")[0])
            if library:
                fail("deps: nvcc must not read %s, which %s brings" %
                     (library, dep.label))

# The architectures to compile for, as numbers, the newest last.
def _architectures(ctx, toolkit):
    wanted = ctx.attr._architectures[BuildSettingInfo].value
    if not wanted:
        return toolkit.architectures
    wanted = wanted.split(",")
    for number in wanted:
        if number not in toolkit.known:
            fail("--%s: %s: nvcc knows %s" % (
                ctx.attr._architectures.label,
                number,
                ", ".join(toolkit.known),
            ))
    return sorted(wanted, key = int)

# Machine code for each architecture, and PTX of the newest for later devices.
def _code_flags(architectures):
    flags = [
        "-gencode=arch=compute_%s,code=sm_%s" % (number, number)
        for number in architectures
    ]
    newest = architectures[-1]
    return flags + ["-gencode=arch=compute_%s,code=compute_%s" % (newest, newest)]

# What Bazel would tell the host compiler, but for the flags that nvcc must see
# itself (the language) or that do not survive its shell (dates, redacted).
def _host_flags(ctx, cc_toolchain, features, context):
    variables = cc_common.create_compile_variables(
        cc_toolchain = cc_toolchain,
        feature_configuration = features,
        user_compile_flags = ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts,
        include_directories = context.includes,
        quote_include_directories = context.quote_includes,
        system_include_directories = context.system_includes,
        preprocessor_defines = context.defines,
    )
    flags = cc_common.get_memory_inefficient_command_line(
        feature_configuration = features,
        action_name = "c++-compile",
        variables = variables,
    )
    return ["-fPIC"] + [
        flag
        for flag in flags
        if not flag.startswith("-std=") and '"redacted"' not in flag
    ]

def _compile(ctx, source, context, toolkit, host_compiler, flags):
    output = ctx.actions.declare_file(
        "_objs/%s/%s.o" % (ctx.label.name, source.basename),
    )
    arguments = ctx.actions.args()
    arguments.add_all(["-c", source, "-o", output, "-ccbin", host_compiler])
    arguments.add_all(flags)
    ctx.actions.run(
        executable = toolkit.nvcc,
        arguments = [arguments],
        inputs = depset([source], transitive = [context.headers]),
        outputs = [output],
        # nvcc and its headers are no inputs: their version stands for them.
        env = dict(
            ctx.configuration.default_shell_env,
            TAMP_NVCC_VERSION = toolkit.version,
        ),
        mnemonic = "CudaCompile",
        progress_message = "Compiling %s" % source.short_path,
    )
    return output

def _compilation_context(ctx):
    roots = [".", ctx.bin_dir.path, ctx.genfiles_dir.path]
    own = cc_common.create_compilation_context(
        headers = depset(ctx.files.hdrs),
        quote_includes = depset(roots),
    )
    return cc_common.merge_cc_infos(
        direct_cc_infos = [CcInfo(compilation_context = own)],
        cc_infos = [dep[CcInfo] for dep in ctx.attr.deps + [ctx.attr._cudart]],
    ).compilation_context

def _link(ctx, cc_toolchain, features, objects):
    outputs = cc_common.create_compilation_outputs(
        objects = depset(objects),
        pic_objects = depset(objects),
    )
    linking_context, linked = \
        cc_common.create_linking_context_from_compilation_outputs(
            actions = ctx.actions,
            cc_toolchain = cc_toolchain,
            compilation_outputs = outputs,
            disallow_dynamic_library = True,
            feature_configuration = features,
            linking_contexts = [
                dep[CcInfo].linking_context
                for dep in ctx.attr.deps + [ctx.attr._cudart]
            ],
            name = ctx.label.name,
        )
    library = linked.library_to_link
    return linking_context, library.static_library or library.pic_static_library

def _nvcc_library_impl(ctx):
    _check_deps(ctx)
    toolkit = ctx.attr._toolkit[CudaToolkitInfo]
    cc_toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = cc_toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    host_compiler = cc_common.get_tool_for_action(
        feature_configuration = features,
        action_name = "c++-compile",
    )
    context = _compilation_context(ctx)
    flags = _NVCC_FLAGS + _code_flags(_architectures(ctx, toolkit))
    for flag in _host_flags(ctx, cc_toolchain, features, context):
        flags += ["-Xcompiler", flag]
    objects = [
        _compile(ctx, source, context, toolkit, host_compiler, flags)
        for source in ctx.files.srcs
    ]
    linking_context, archive = _link(ctx, cc_toolchain, features, objects)
    return [
        DefaultInfo(files = depset([archive])),
        CcInfo(
            compilation_context = context,
            linking_context = linking_context,
        ),
    ]

# For what the simulator cannot run; all else is a cuda_library.
nvcc_library = rule(
    implementation = _nvcc_library_impl,
    attrs = {
        "srcs": attr.label_list(allow_files = [".cu"], mandatory = True),
        "hdrs": attr.label_list(allow_files = [".cuh", ".h"]),
        "deps": attr.label_list(providers = [CcInfo]),
        "_architectures": attr.label(default = "//third_party/cuda:architectures"),
        "_cc_toolchain": attr.label(
            default = "@bazel_tools//tools/cpp:current_cc_toolchain",
        ),
        "_cudart": attr.label(default = "//third_party/cuda:cudart"),
        "_toolkit": attr.label(default = "//third_party/cuda:toolkit"),
    },
    fragments = ["cpp"],
    provides = [CcInfo],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)

# Sources that a host compiler takes for C++: one that includes each .cu file.
def _cxx_sources(name, srcs):
    sources = []
    for src in srcs:
        source = "%s_%s.cc" % (name, src.replace(".cu", ""))
        write_file(
            name = source + "_file",
            out = source,
            content = ['#include "%s/%s"' % (native.package_name(), src), ""],
        )
        sources.append(source)
    return sources

def cuda_library(
        name,
        srcs,
        hdrs = [],
        deps = [],
        tags = [],
        testonly = False,
        **kwargs):
    """See the top of this file.

    Args:
      name: of the target.
      srcs: the .cu files.
      hdrs: the headers, .h and .cuh.
      deps: cc_library or cuda_library.
      tags: as of all rules.
      testonly: as of all rules.
      **kwargs: visibility.
    """
    nvcc_library(
        name = name + "_nvcc",
        testonly = testonly,
        srcs = srcs,
        hdrs = hdrs,
        tags = tags,
        target_compatible_with = NEEDS_CUDA,
        visibility = ["//visibility:private"],
        deps = deps,
    )
    cc_library(
        name = name + "_sim",
        testonly = testonly,
        srcs = _cxx_sources(name, srcs),
        hdrs = hdrs,
        copts = CUDA_COPTS,
        tags = tags,
        target_compatible_with = NEEDS_SIMULATOR,
        textual_hdrs = srcs,
        visibility = ["//visibility:private"],
        deps = deps + ["//third_party/cuda:cudart"],
    )
    native.alias(
        name = name,
        testonly = testonly,
        tags = tags,
        actual = select({
            "//third_party/cuda:enabled": name + "_nvcc",
            "//conditions:default": name + "_sim",
        }),
        **kwargs
    )
