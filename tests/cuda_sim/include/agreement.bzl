"""Own declarations of NVIDIA's headers, held to agree with them."""

load("@rules_cc//cc:defs.bzl", "cc_library", "cc_test")
load("//third_party/cuda:cuda_library.bzl", "NEEDS_CUDA")

def own_declarations(name, header, deps, theirs, more = []):
    """A cc_library of `header`, and a test that it agrees with NVIDIA's.

    Args:
      name: of the library; the test is `name`_agreement_test.
      header: the file; sources include it as <header>.
      deps: the own declarations that it includes.
      more: headers that are there too, and hold no declarations.
      theirs: what brings NVIDIA's header with --config=cuda.
    """
    cc_library(
        name = name,
        hdrs = [header] + more,
        includes = ["."],
        deps = deps,
    )
    native.genrule(
        name = name + "_agreement",
        testonly = True,
        srcs = [header],
        outs = [name + "_agreement_test.cc"],
        cmd = "$(location :agreement) $(location %s) %s > $@" % (header, header),
        tools = [":agreement"],
    )

    # Nothing to run: it compiles.
    cc_test(
        name = name + "_agreement_test",
        size = "small",
        srcs = [name + "_agreement_test.cc"],
        target_compatible_with = NEEDS_CUDA,
        deps = [theirs],
    )
