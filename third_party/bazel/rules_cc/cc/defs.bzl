"""The C++ rules, under the path where BUILD files load them from.

Bazel 4.2.3 and 7.7 still have them built in, so each name is the native rule
(the package bazel-rules-cc of Debian 12 and 13 wants a newer Bazel than theirs).
"""

cc_binary = native.cc_binary
cc_import = native.cc_import
cc_library = native.cc_library
cc_proto_library = native.cc_proto_library
cc_test = native.cc_test
cc_toolchain = native.cc_toolchain
cc_toolchain_suite = native.cc_toolchain_suite
fdo_prefetch_hints = native.fdo_prefetch_hints
fdo_profile = native.fdo_profile
objc_import = native.objc_import
objc_library = native.objc_library

# Loaded by rules that Bazel carries but that nothing here uses.
cc_flags_supplier = None
compiler_flag = None
