#!/usr/bin/env bash
# Installs what Kiln needs and this machine lacks, from Debian's packages.
# Does nothing with KILN_SKIP_SETUP=1. Exit 1: something is missing still.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

needed=(git cmake ninja-build g++ python3 clang-22 lld-22 llvm-22-dev libmlir-22-dev
  mlir-22-tools llvm-22-tools nlohmann-json3-dev libcli11-dev libboost-context-dev
  libgtest-dev)
optional=(clang-format-22)

if [ "${KILN_SKIP_SETUP:-0}" = 1 ]; then
  note "set-up: skipped (KILN_SKIP_SETUP=1)"
  exit 0
fi

# Prints those of its arguments that are not installed.
missing_of() {
  local installed package
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null)
  for package in "$@"; do
    grep -qx "installed $package" <<<"$installed" || echo "$package"
  done
}

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  complain "set-up: this machine has no apt-get. Install by hand what these Debian 12
packages hold, then run again with KILN_SKIP_SETUP=1:
  ${needed[*]}
(LLVM and MLIR 22.1 with their CMake files and tools, clang and lld 22, CMake
3.25 or newer, Ninja, nlohmann-json 3, CLI11 2.1, Boost.Context, GoogleTest,
Python 3.)"
  exit 1
fi

mapfile -t missing < <(missing_of "${needed[@]}")
mapfile -t wished < <(missing_of "${optional[@]}")

if [ "${#missing[@]}" -gt 0 ]; then
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    # Without a terminal sudo must not wait for a password.
    if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
      as_root=(sudo)
    else
      complain "set-up: these packages are missing, and installing them needs root:
  apt-get update && apt-get install ${missing[*]}
Have that run, then start this script again (KILN_SKIP_SETUP=1 skips this check)."
      exit 1
    fi
  fi
  apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q)

  note "set-up: apt-get update"
  "${apt[@]}" update >/dev/null || complain "set-up: apt-get update failed; trying with the lists that are there"
  unknown=()
  for package in "${missing[@]}"; do
    apt-cache show "$package" >/dev/null 2>&1 || unknown+=("$package")
  done
  if [ "${#unknown[@]}" -gt 0 ]; then
    complain "set-up: apt knows no package named: ${unknown[*]}
LLVM 22 is in Debian 12 with its security updates (bookworm-security, main); for
another release add a source that has it (see https://apt.llvm.org)."
    exit 1
  fi
  for package in "${wished[@]}"; do
    if apt-cache show "$package" >/dev/null 2>&1; then missing+=("$package"); fi
  done
  note "set-up: installing ${missing[*]}"
  if ! "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; then
    complain "set-up: apt-get could not install: ${missing[*]}"
    exit 1
  fi
elif [ "${#wished[@]}" -gt 0 ]; then
  note "set-up: all needed packages are there; optional, not installed: ${wished[*]}"
else
  note "set-up: all packages are there"
fi

if ptxas=$(find_ptxas); then
  note "set-up: ptxas is $ptxas"
else
  note "set-up: no ptxas in CUDA_HOME, CUDA_PATH, PATH or /usr/local/cuda/bin. PTX is made
without it; machine code (cubin) and the report of registers and spills need it
(CUDA toolkit 11.8 or newer)."
fi
