#!/usr/bin/env bash
# Runs the README's two commands on a fresh Debian, with the last commit:
#   tests/run_on_debian.sh [--disk_cache=FOLDER] bookworm|trixie|sid
# Needs root, the package debootstrap, and a mirror of Debian among apt's
# sources. Takes 3 GB in $TMPDIR and what a whole build takes; a run with a
# --disk_cache leaves what it compiled to the next run of the same release.
set -euo pipefail

fail() {
  echo "$0: $1" >&2
  exit 1
}

disk_cache=""
if [[ "${1:-}" == --disk_cache=* ]]; then
  disk_cache="$(realpath --canonicalize-missing "${1#*=}")"
  shift
fi
(($# == 1)) || fail "usage: $0 [--disk_cache=FOLDER] bookworm|trixie|sid"
readonly release="$1"
((EUID == 0)) || fail "needs root, to enter a chroot."
command -v debootstrap >/dev/null ||
  fail "needs debootstrap: apt-get install debootstrap"
# shellcheck disable=SC2016  # apt-get replaces it.
mirrors="$(apt-get indextargets --format '$(REPO_URI)' \
  'Created-By: Packages' 'Origin: Debian' 'Label: Debian')"
readonly mirror="${mirrors%%$'\n'*}"
[[ -n "${mirror}" ]] ||
  fail "apt knows no mirror of Debian; after adding one: apt-get update"

cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder="$(mktemp -d)"
chmod 755 "${folder}"
trap 'rm -rf --one-file-system "${folder}"' EXIT

unshare --mount debootstrap --variant=minbase \
  "${release}" "${folder}" "${mirror}"
mkdir "${folder}/tamp" "${folder}/disk_cache"
git archive HEAD | tar -x -C "${folder}/tamp"
if [[ -n "${disk_cache}" ]]; then
  mkdir -p "${disk_cache}/${release}"
  echo "build --disk_cache=/disk_cache" >"${folder}/tamp/user.bazelrc"
fi

# The last one starts outside of the workspace.
cat >"${folder}/commands.sh" <<'END'
set -eux
cd /tamp
./bazelw run //tools:train -- --solver=solvers/fashion_mnist.prototxt
./bazelw test //...
cp net/densenet40.prototxt /root/some_net.prototxt
cd /root
/tamp/bazelw run //tools:summary -- --net=some_net.prototxt >/dev/null
END

# In name spaces of its own: what is mounted and started there, a Bazel server
# among it, ends with it.
enter() {
  mount -t proc proc "${folder}/proc"
  if [[ -n "${disk_cache}" ]]; then
    mount --bind "${disk_cache}/${release}" "${folder}/disk_cache"
  fi
  exec env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    ${OPENBLAS_CORETYPE:+OPENBLAS_CORETYPE="${OPENBLAS_CORETYPE}"} \
    ${OPENBLAS_L2_SIZE:+OPENBLAS_L2_SIZE="${OPENBLAS_L2_SIZE}"} \
    chroot "${folder}" bash /commands.sh
}
export -f enter
export disk_cache folder release
unshare --mount --pid --fork --kill-child bash -euc enter </dev/null
echo "$0: ${release}: passed"
