"""What a toolkit is found to lack."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load(":toolkit.bzl", "COMPONENTS", "missing_components")

def _missing_components_test_impl(ctx):
    env = unittest.begin(ctx)
    all = [file for files in COMPONENTS.values() for file in files]
    asserts.equals(env, [], missing_components(all))
    asserts.equals(
        env,
        [
            "cuDNN 9 (include/cudnn_version.h, lib/libcudnn.so)",
            "NCCL (lib/libnccl.so)",
        ],
        missing_components([
            file
            for file in all
            if "cudnn" not in file and file != "lib/libnccl.so"
        ]),
    )
    asserts.equals(env, len(COMPONENTS), len(missing_components([])))
    return unittest.end(env)

missing_components_test = unittest.make(_missing_components_test_impl)
