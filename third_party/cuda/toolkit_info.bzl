"""What cuda_library is told of the CUDA toolkit."""

CudaToolkitInfo = provider(
    doc = "nvcc, and what it says of itself.",
    fields = {
        "nvcc": "its path",
        "version": "so that another nvcc compiles everything again",
        "known": "all architectures that it makes code for, as numbers (\"90\")",
        "architectures": "those of them that we want",
    },
)

def _cuda_toolkit_impl(ctx):
    return [CudaToolkitInfo(
        nvcc = ctx.attr.nvcc,
        version = ctx.attr.version,
        known = ctx.attr.known,
        architectures = ctx.attr.architectures,
    )]

cuda_toolkit = rule(
    implementation = _cuda_toolkit_impl,
    attrs = {
        "nvcc": attr.string(mandatory = True),
        "version": attr.string(mandatory = True),
        "known": attr.string_list(mandatory = True),
        "architectures": attr.string_list(mandatory = True),
    },
    provides = [CudaToolkitInfo],
)
