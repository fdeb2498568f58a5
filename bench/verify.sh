#!/usr/bin/env bash
# Verifies every artifact in a folder on the card:
#   bench/verify.sh FOLDER [KILN_RUN]
# Prints a line for each that is wrong and the number that passed. A file `arguments`
# in an artifact has further arguments of kiln-run; KILN_JOBS=N runs N at a time.
# Exit 0: all are right; 1: one is not; 2: bad usage.
if [ $# -lt 1 ] || [ ! -d "$1" ]; then
  sed -n '2,6s/^# *//p' "$0" >&2
  exit 2
fi
kiln_run=${2:-$(dirname "$0")/../build/bin/kiln-run}
[ -x "$kiln_run" ] || { echo "$kiln_run is not there" >&2; exit 2; }
verify() {
  local artifact=$1 arguments=() output
  [ ! -f "$artifact/arguments" ] || eval "arguments=($(<"$artifact/arguments"))"
  output=$(timeout 120 "$kiln_run" "$artifact" --device=cuda --verify "${arguments[@]}" 2>&1) ||
    echo "$(basename "$artifact"): $(grep -m 2 -iE 'error|fail|worst' <<<"$output" | tr '\n' ' ')"
}
export kiln_run
export -f verify
shopt -s nullglob
artifacts=("$1"/*/artifact.json)
wrong=$(printf '%s\n' "${artifacts[@]%/artifact.json}" |
  xargs -r -P "${KILN_JOBS:-1}" -I{} bash -c 'verify "$1"' _ {})
failed=$(grep -c . <<<"$wrong")
[ -z "$wrong" ] || echo "$wrong"
echo "$((${#artifacts[@]} - failed)) passed, $failed failed"
[ "$failed" -eq 0 ] && [ "${#artifacts[@]}" -gt 0 ]
