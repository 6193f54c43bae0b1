#!/usr/bin/env bash
# Builds the kernels for 64-bit ARM (NEON) and runs their tests in an emulator.
#   tests/run_on_arm.sh
# Needs the packages g++-aarch64-linux-gnu and qemu-user, and fetches Debian's
# libraries for that machine into a temporary folder; no package is installed.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly tests=(
  kernels/cpu/dropout_factors_test.cc
  kernels/cpu/exponentials_test.cc
  kernels/cpu/fused_norm_cpu_test.cc
  kernels/cpu/sums_test.cc
  layers/fused_convolution/fused_convolution_test.cc
  layers/fused_pooling/fused_pooling_test.cc
)
# What they are made of.
readonly sources=(
  core/check.cc core/logging.cc core/rng.cc core/shape.cc
  core/device/host_memory.cc core/threads/futex.cc core/threads/thread_pool.cc
  core/cpu/cpu_device.cc core/cpu/cpu_quota.cc core/cpu/processors.cc
  kernels/cpu/dropout_factors.cc kernels/cpu/exponentials.cc
  kernels/cpu/fused_norm_cpu.cc kernels/cpu/sums.cc
  layers/fused_convolution/fused_convolution_cpu.cc
  layers/fused_convolution/cpu/{backward,forward,plan,weights}.cc
  layers/fused_pooling/fused_pooling_cpu.cc
  layers/fused_pooling/cpu/{backward,forward,plan}.cc
)
# Kernels that no test above runs: they are compiled only.
readonly compiled_only=(
  core/cpu/fma_peak.cc layers/elu/elu_cpu.cc layers/pooling/pooling_cpu_windows.cc
  layers/relu/relu_cpu.cc layers/sigmoid/sigmoid_cpu.cc layers/tanh/tanh_cpu.cc
  solvers/sgd/sgd_cpu.cc
)
readonly packages=(
  libabsl-dev libgfortran5 libgtest-dev libhwy-dev libhwy1
  libopenblas-pthread-dev libopenblas0-pthread
)

for tool in aarch64-linux-gnu-g++ qemu-aarch64; do
  command -v "${tool}" >/dev/null || {
    echo "$0: needs ${tool}: apt-get install g++-aarch64-linux-gnu qemu-user" >&2
    exit 1
  }
done

folder="$(mktemp -d)"
trap 'rm -rf "${folder}"' EXIT

# An apt of its own, which knows of the other machine and leaves the system's
# lists alone.
apt_options=(
  -o APT::Architecture=arm64 -o APT::Architectures=arm64
  -o Dir::State::Lists="${folder}/lists" -o Dir::Cache="${folder}/cache"
  -o APT::Sandbox::User=root
)
mkdir -p "${folder}/lists/partial" "${folder}/cache/archives/partial"
apt-get "${apt_options[@]}" --quiet update >/dev/null
(cd "${folder}" && apt-get "${apt_options[@]}" --quiet download "${packages[@]}" >/dev/null)
for package in "${folder}"/*.deb; do dpkg -x "${package}" "${folder}"; done

# Their headers are the same for all machines but OpenBLAS's; in a folder of
# their own they hide nothing of the cross compiler's.
include="${folder}/include"
mkdir "${include}"
for name in absl gtest hwy; do
  ln -s "${folder}/usr/include/${name}" "${include}/${name}"
done
libraries="${folder}/usr/lib/aarch64-linux-gnu"

compile=(
  aarch64-linux-gnu-g++ -std=c++17 -O2 -Wall -Wextra -pthread
  "-DHWY_DISABLED_TARGETS=(HWY_SVE|HWY_SVE2|HWY_SVE_256|HWY_SVE2_128|HWY_RVV)"
  -I. -isystem "${include}"
  -isystem "${folder}/usr/include/aarch64-linux-gnu/openblas-pthread"
)
objects=()
for source in "${sources[@]}" "${compiled_only[@]}"; do
  object="${folder}/${source//\//_}.o"
  "${compile[@]}" -c "${source}" -o "${object}"
  objects+=("${object}")
done

for test in "${tests[@]}"; do
  echo "${test}"
  "${compile[@]}" "${test}" "${objects[@]}" -o "${folder}/test" \
    "${libraries}"/{libhwy.so.1,libgtest_main.a,libgtest.a} \
    -Wl,--start-group "${libraries}"/libabsl_*.a -Wl,--end-group \
    "${libraries}"/openblas-pthread/libopenblas.a \
    "${libraries}"/libgfortran.so.5 -Wl,--allow-shlib-undefined -lpthread
  qemu-aarch64 -L /usr/aarch64-linux-gnu \
    -E LD_LIBRARY_PATH="${libraries}:/usr/aarch64-linux-gnu/lib" \
    "${folder}/test" --gtest_brief=1
done
