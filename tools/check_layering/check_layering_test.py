"""Tests of check_layering: each rule with an include that breaks it."""

import os
import tempfile
import unittest

from tools.check_layering import check_layering

# (file, what it includes, words of the complaint)
FORBIDDEN = (
    ("core/shape.h", '"proto/net.pb.h"', "core does not know protobuf"),
    ("core/shape.h", "<google/protobuf/message.h>", "core does not know"),
    ("core/shape.h", '"layers/layer.h"', "core may not include layers"),
    ("core/shape.cc", '"core/cpu/gemm.h"', "only kernels"),
    ("core/shape.cc", '"shape.h"', "by the path"),
    ("core/shape.cc", "<cblas.h>", "only core/cpu calls OpenBLAS"),
    ("core/cpu/gemm.cc", '"core/cuda/launch.h"', "do not know each other"),
    ("core/cuda/device.cc", '"core/cpu/gemm.h"', "do not know each other"),
    ("core/cpu/gemm.cc", '"proto/net.pb.h"', "core does not know protobuf"),
    ("core/cpu/gemm.cc", "<omp.h>", "thread_pool"),
    ("core/cpu/gemm.cc", "<cuda_runtime.h>", "know CUDA"),
    ("tests/nets/plan_test.cc", "<cudnn.h>", "know CUDA"),
    ("core/shape.h", '"kernels/strided.h"', "core may not include kernels"),
    ("kernels/strided.h", '"absl/types/span.h"', "nvcc"),
    ("kernels/strided.h", '"core/absl_user.h"', ": absl/types/span.h"),
    ("kernels/strided.h", '"kernels/cpu/sums.h"', "only kernels"),
    ("kernels/strided.h", '"layers/layer.h"', "kernels may not include layers"),
    ("kernels/cpu/sums.cc", '"proto/net.pb.h"', "does not know protobuf"),
    ("kernels/cpu/sums.cc", "<cblas.h>", "only core/cpu calls OpenBLAS"),
    ("kernels/cpu/sums.cc", '"kernels/cuda/sums.h"', "do not know each other"),
    ("proto/text_format.h", '"layers/layer.h"', "proto may not include"),
    ("proto/text_format.h", '"net/net.h"', "proto may not include net"),
    ("data/datasets/cifar.cc", '"net/net.h"', "data may not include net"),
    ("data/datasets/cifar.cc", '"core/cpu/gemm.h"', "only kernels"),
    ("data/samples/prefetcher.h", '"absl/synchronization/mutex.h"', "std::mutex"),
    ("layers/layer.h", '"layers/relu/relu_layer.h"', "only by the tables"),
    ("layers/layer.h", '"net/net.h"', "layers may not include net"),
    ("layers/layer.h", '"data/batcher.h"', "layers may not include data"),
    ("layers/cpu_layers.cc", '"net/net.h"', "layers may not include net"),
    ("layers/relu/relu_layer.cc", '"core/cpu/gemm.h"', "only kernels"),
    ("layers/relu/relu_layer.cc", '"layers/relu/relu_cpu.h"', "its backends"),
    ("layers/relu/relu_layer.cc", '"layers/elu/elu_kernel.h"', "the tables"),
    ("layers/relu/relu_layer.cc", '"data/batcher.h"', "may not include data"),
    ("layers/relu/relu_layer.cc", '"kernels/cpu/sums.h"', "only kernels"),
    ("layers/relu/relu_layer.cc", '"layers/relu/cpu/rows.h"', "its backends"),
    ("layers/relu/cpu/rows.h", '"proto/net.pb.h"', "never a proto"),
    ("layers/relu/cpu/rows.h", '"layers/layer.h"', "does not know layers"),
    ("layers/relu/relu_cpu.cc", '"proto/net.pb.h"', "never a proto"),
    ("layers/relu/relu_cpu_rows.cc", '"proto/net.pb.h"', "never a proto"),
    ("layers/relu/relu_cpu.cc", "<google/protobuf/map.h>", "never a proto"),
    ("layers/relu/relu_cpu.cc", '"layers/layer.h"', "does not know layers"),
    ("layers/relu/relu_cpu.cc", '"layers/options/arity.h"', "not know layers"),
    ("layers/options/arity.h", '"layers/relu/relu_layer.h"', "the tables"),
    ("layers/relu/relu_cpu.cc", '"layers/relu/relu_layer.h"', "not know"),
    ("layers/relu/relu_cpu.cc", '"core/cuda/launch.h"', "core/cuda"),
    ("layers/relu/relu_cuda.cu", '"core/cpu/gemm.h"', "core/cpu"),
    ("layers/relu/relu_cuda.cu", '"absl/types/span.h"', "nvcc"),
    ("layers/relu/relu_kernel.h", '"absl/types/span.h"', "nvcc"),
    ("layers/relu/relu_kernel.h", '"core/absl_user.h"',
     ": absl/types/span.h"),
    ("layers/relu/relu_kernel.h", '"layers/layer.h"', "does not know layers"),
    ("layers/relu/relu_reference.h", '"core/cpu/gemm.h"', "only kernels"),
    ("layers/relu/relu_test.cc", '"layers/elu/elu_kernel.h"', "the tables"),
    ("layers/relu/relu_test.cc", '"tests/golden/golden.h"', "nobody the rest"),
    ("layers/relu/relu_layer.cc", '"tests/util/devices.h"', "only tests"),
    ("net/net.cc", '"layers/relu/relu_layer.h"', "only by the tables"),
    ("net/net.cc", '"core/cpu/gemm.h"', "only kernels"),
    ("net/net.cc", '"data/batcher.h"', "net may not include data"),
    ("net/net.cc", '"solvers/sgd/sgd.h"', "net may not include solvers"),
    ("net/net.cc", '"absl/flags/flag.h"', "flags belong to tools"),
    ("net/net.cc", '"formats/safetensors.h"', "net may not include formats"),
    ("data/images/png.cc", '"formats/safetensors.h"', "may not include formats"),
    ("formats/weights_file.cc", '"net/net.h"', "formats may not include net"),
    ("formats/weights_file.cc", '"layers/relu/relu_layer.h"', "the tables"),
    ("net/passes/fuse.cc", '"layers/relu/relu_kernel.h"', "the tables"),
    ("solvers/sgd/sgd.cc", '"layers/relu/relu_layer.h"', "only by the tables"),
    ("solvers/sgd/sgd.cc", '"core/cpu/gemm.h"', "only kernels"),
    ("solvers/sgd/sgd_cpu.cc", '"proto/solver.pb.h"', "never a proto"),
    ("solvers/sgd/sgd_cpu.cc", '"layers/cpu_layers.h"', "not know layers"),
    ("solvers/backend_cpu.cc", '"layers/relu/relu_cpu.h"', "the tables"),
    ("solvers/sgd/sgd.cc", '"tools/flags.h"', "solvers may not include tools"),
    ("tools/train.cc", '"tests/util/devices.h"', "only tests"),
)

ALLOWED = (
    ("kernels/axis_lines.cc", '"core/absl_user.h"'),
    ("kernels/cpu/sums.cc", '"absl/types/span.h"'),
    ("kernels/cpu/sums.cc", '"core/cpu/cpu_device.h"'),
    ("layers/relu/cpu/rows.h", '"kernels/cpu/sums.h"'),
    ("layers/relu/relu_cpu.cc", '"layers/relu/cpu/rows.h"'),
    ("layers/layer.h", '"kernels/grad_mode.h"'),
    ("layers/relu/relu_layer.cc", '"layers/options/arity.h"'),
    ("formats/caffe_form.cc", '"layers/options/batch_norm_parameters.h"'),
    ("solvers/state/weights.cc", '"formats/safetensors.h"'),
    ("data/images/png_test.cc", '"formats/safetensors.h"'),
    ("core/shape.h", '"absl/types/span.h"'),
    ("core/shape.h", "<vector>"),
    ("core/cpu/gemm.cc", "<cblas.h>"),
    ("core/cpu/gemm.cc", '"core/shape.h"'),
    ("core/cpu/gemm_test.cc", '"tests/util/devices.h"'),
    ("core/cuda/cuda_device.cc", "<cuda_runtime.h>"),
    ("proto/text_format.h", "<google/protobuf/message.h>"),
    ("layers/cpu_layers.cc", '"layers/relu/relu_cpu.h"'),
    ("layers/data/data_layer.cc", '"data/batcher.h"'),
    ("layers/relu/relu_kernel.h", '"kernels/strided.h"'),
    ("layers/relu/relu_layer.cc", '"layers/layer.h"'),
    ("layers/relu/relu_layer.cc", '"layers/relu/relu_kernel.h"'),
    ("layers/relu/relu_layer.cc", '"proto/net.pb.h"'),
    ("layers/relu/relu_cpu.cc", '"core/cpu/gemm.h"'),
    ("layers/relu/relu_cpu.cc", '"core/shape.h"'),
    ("layers/relu/relu_cpu_rows.cc", '"core/cpu/gemm.h"'),
    ("layers/relu/relu_cuda.cu", "<cuda_runtime.h>"),
    ("layers/relu/relu_test.cc", '"core/cpu/cpu_device.h"'),
    ("layers/relu/relu_test.cc", '"layers/relu/relu_cpu.h"'),
    ("layers/relu/relu_test.cc", '"tests/util/devices.h"'),
    ("net/net.cc", '"layers/layer_registry.h"'),
    ("net/net.cc", '"data/batch_source.h"'),
    ("net/net_test.cc", '"layers/cpu_layers.h"'),
    ("solvers/sgd/sgd_cpu.cc", '"core/cpu/simd.h"'),
    ("solvers/backend_cpu.cc", '"layers/cpu_layers.h"'),
    ("solvers/backend_cpu.cc", '"core/cpu/cpu_device.h"'),
    ("solvers/solver.cc", '"data/batcher.h"'),
    ("tests/cuda_judge/judge_test.cc", "<cuda_runtime_api.h>"),
    ("tests/cuda_sim/cudnn/handle.cc", "<cudnn.h>"),
    ("tests/training/resume_test.cc", '"layers/relu/relu_layer.h"'),
    ("tools/train.cc", '"absl/flags/flag.h"'),
    ("tools/train.cc", '"core/cpu/cpu_device.h"'),
)


# Lines of a layer's logic.
TOUCHING = (
    "std::fill_n(view.data, count, 0);",
    "std::copy(first, last, y);",
    "std::memcpy(to, from, bytes);",
    "memset(to, 0, bytes);",
    "const float mean = args.inputs[1].data[2 * c];",
    "args.outputs[1].data [0] = 1;",
    "const float first = *args.inputs[0].data;",
    "x = view.strided().at(n, c);",
)
UNTOUCHING = (
    "kernel_args.x = args.inputs[0].strided();",
    "kernel_args.weight = args.parameters[0].data;",
    "for (int64_t i = 1; i < tops; ++i) cuts.push_back(i);",
    "num_classes = parameter.data_param().num_classes();",
    "// std::copy(first, last, y);",
)


def errors_of(path, include):
    """The complaints about a tree in which only `path` has an include."""
    return errors_of_file(path, f"// A file.\n#include {include}\n")


def errors_of_file(path, text):
    """The complaints about a tree in which one file matters."""
    with tempfile.TemporaryDirectory() as root:
        files = {"core/absl_user.h": '#include "absl/types/span.h"\n',
                 path: text}
        for name, text in files.items():
            full = os.path.join(root, name)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as out:
                out.write(text)
        return check_layering.Tree(root).errors()


class CheckLayeringTest(unittest.TestCase):

    def test_finds_forbidden_includes(self):
        for path, include, words in FORBIDDEN:
            with self.subTest(path=path, include=include):
                errors = errors_of(path, include)
                self.assertEqual(len(errors), 1, errors)
                self.assertTrue(errors[0].startswith(f"{path}:2: "), errors)
                self.assertIn(words, errors[0])

    def test_lets_allowed_includes_pass(self):
        for path, include in ALLOWED:
            with self.subTest(path=path, include=include):
                self.assertEqual(errors_of(path, include), [])

    def test_finds_layers_that_touch_elements(self):
        for line in TOUCHING:
            with self.subTest(line=line):
                errors = errors_of_file("layers/relu/relu_layer.cc",
                                        f"// A file.\n  {line}\n")
                self.assertEqual(len(errors), 1, errors)
                self.assertIn("relu_layer.cc:2: a layer decides", errors[0])
                self.assertEqual(
                    len(errors_of_file("layers/options/arity.cc", line)), 1)
                self.assertEqual(errors_of_file("layers/relu/relu_cpu.cc",
                                                f"  {line}\n"), [])
        for line in UNTOUCHING:
            with self.subTest(line=line):
                self.assertEqual(errors_of_file("layers/relu/relu_layer.cc",
                                                f"  {line}\n"), [])


if __name__ == "__main__":
    unittest.main()
