"""The libraries that Tamp uses: a new one is a line here.

`bazelw` reads the names of the packages off these lines.
"""

load(":pkg_config.bzl", "library")

# Of Abseil, the parts whose headers we include.
_ABSL = [
    "absl_" + part
    for part in [
        "algorithm_container",
        "cleanup",
        "flags",
        "flags_parse",
        "flags_usage",
        "flat_hash_map",
        "flat_hash_set",
        "function_ref",
        "memory",
        "span",
        "status",
        "statusor",
        "str_format",
        "strings",
    ]
]

LIBRARIES = [
    library("absl", package = "libabsl-dev", modules = _ABSL),
    library("archive", package = "libarchive-dev", modules = ["libarchive"]),
    library("benchmark", package = "libbenchmark-dev", modules = ["benchmark"], testonly = True),
    library("crypto", package = "libssl-dev", modules = ["libcrypto"]),
    library("curl", package = "libcurl4-openssl-dev", modules = ["libcurl"]),
    library("gtest", package = "libgmock-dev", modules = ["gmock"], testonly = True),
    library("gtest_main", package = "libgmock-dev", modules = ["gmock_main"], testonly = True),
    library("hwy", package = "libhwy-dev", modules = ["libhwy"]),
    library("jpeg", package = "libjpeg-dev", modules = ["libjpeg"]),
    library("json", package = "nlohmann-json3-dev", modules = ["nlohmann_json"]),
    library("openblas", package = "libopenblas-dev", modules = ["openblas"]),
    library("png", package = "libpng-dev", modules = ["libpng"]),
    library("protobuf", package = "libprotobuf-dev", modules = ["protobuf"]),
    library("zlib", package = "zlib1g-dev", modules = ["zlib"]),
]
