# Shared by the scripts of this folder; sourced, not run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 1

note() { printf '%s\n' "$*"; }
complain() { printf '%s\n' "$*" >&2; }

# How many compilations at once: one a core, but a file that includes MLIR
# headers needs up to 2 GiB. KILN_JOBS overrides it.
job_count() {
  local cores memory
  cores=$(nproc 2>/dev/null || echo 2)
  memory=$(awk '/MemAvailable/ {print int($2 / 2097152)}' /proc/meminfo 2>/dev/null)
  [ "${memory:-0}" -ge 1 ] || memory=1
  echo "${KILN_JOBS:-$((cores < memory ? cores : memory))}"
}

# ptxas, in the order in which kiln-compile looks for it; nothing when missing.
find_ptxas() {
  local candidate
  for candidate in "${CUDA_HOME:+$CUDA_HOME/bin/ptxas}" "${CUDA_PATH:+$CUDA_PATH/bin/ptxas}" \
    "$(command -v ptxas)" /usr/local/cuda/bin/ptxas; do
    if [ -n "$candidate" ] && [ -x "$candidate" ]; then
      echo "$candidate"
      return 0
    fi
  done
  return 1
}

# step NAME COMMAND...: runs it, prints how long it took, returns its status.
step() {
  local name=$1 start status
  shift
  note "== $name"
  start=$(date +%s.%N)
  "$@" && status=0 || status=$?
  note "$(awk -v s="$start" -v e="$(date +%s.%N)" -v n="$name" -v r="$status" \
    'BEGIN {printf "== %s: %s, %.1f s", n, r ? "FAILED (" r ")" : "good", e - s}')"
  return "$status"
}
