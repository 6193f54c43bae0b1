"""cuda_library refuses what would make nvcc read absl or protobuf."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load(":cuda_library.bzl", "NEEDS_CUDA", "cuda_library")

def _refusal_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.expect_failure(env, ctx.attr.message)
    return analysistest.end(env)

_refusal_test = analysistest.make(
    _refusal_test_impl,
    attrs = {"message": attr.string(mandatory = True)},
    expect_failure = True,
)

def refusal_test(name, dep, message):
    """Expects that a cuda_library with this dependency is refused.

    Args:
      name: of the test.
      dep: the label of a cc_library.
      message: a part of what the refusal says.
    """
    cuda_library(
        name = name + "_library",
        testonly = True,
        srcs = ["versions.cu"],
        tags = ["manual"],
        deps = [dep],
    )
    _refusal_test(
        name = name,
        message = message,
        target_compatible_with = NEEDS_CUDA,
        target_under_test = ":%s_library" % name,
    )
