#!/usr/bin/env bash
# Runs an artifact under every tool of compute-sanitizer:
#   bench/sanitize.sh ARTIFACT_DIR [KILN_RUN]
# Take a small artifact: the tools slow a kernel down a hundredfold.
# Exit 0: clean; 1: findings; 2: bad usage; 3: this machine refuses a tool.
if [ $# -lt 1 ] || [ ! -f "$1/artifact.json" ]; then
  sed -n '2,5s/^# *//p' "$0" >&2
  exit 2
fi
artifact=$1
kiln_run=${2:-$(dirname "$0")/../build/bin/kiln-run}
[ -x "$kiln_run" ] || { echo "$kiln_run is not there" >&2; exit 2; }
sanitizer=$(command -v compute-sanitizer || echo /usr/local/cuda/bin/compute-sanitizer)
[ -x "$sanitizer" ] || { echo "no compute-sanitizer on this machine (CUDA toolkit)" >&2; exit 3; }

log=$(mktemp)
trap 'rm -f "$log"' EXIT
findings=0
refused=0
for tool in memcheck racecheck synccheck initcheck; do
  timeout 300 "$sanitizer" --tool "$tool" --error-exitcode 99 \
    "$kiln_run" "$artifact" --device=cuda >"$log" 2>&1
  status=$?
  if grep -qiE 'device not supported|not supported on this|unable to (attach|initialize)|failed to initialize|internal sanitizer error|permission' "$log"; then
    echo "$tool: REFUSED by this machine: $(grep -iE 'not supported|unable|failed|error|permission' "$log" | head -n 1)"
    refused=1
  elif [ "$status" -eq 124 ]; then
    echo "$tool: no answer within 300 s: take a smaller artifact"
    findings=1
  elif [ "$status" -eq 0 ] && grep -qE 'ERROR SUMMARY: 0 errors|RACECHECK SUMMARY: 0 hazards' "$log"; then
    echo "$tool: clean"
  else
    echo "$tool: FAILED (exit $status)"
    head -n 40 "$log"
    findings=1
  fi
done
[ "$findings" -eq 0 ] || exit 1
[ "$refused" -eq 0 ] || exit 3
