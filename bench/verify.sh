#!/usr/bin/env bash
# Verifies every artifact in a folder on the card:
#   bench/verify.sh FOLDER [KILN_RUN]
# Prints a line for each that is wrong and the number that passed.
# Exit 0: all are right; 1: one is not; 2: bad usage.
if [ $# -lt 1 ] || [ ! -d "$1" ]; then
  sed -n '2,5s/^# *//p' "$0" >&2
  exit 2
fi
kiln_run=${2:-$(dirname "$0")/../build/bin/kiln-run}
[ -x "$kiln_run" ] || { echo "$kiln_run is not there" >&2; exit 2; }
passed=0 failed=0
for artifact in "$1"/*/; do
  [ -f "$artifact/artifact.json" ] || continue
  if output=$(timeout 120 "$kiln_run" "$artifact" --device=cuda --verify 2>&1); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "$(basename "$artifact"): $(grep -m 2 -iE 'error|fail|worst' <<<"$output" | tr '\n' ' ')"
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
