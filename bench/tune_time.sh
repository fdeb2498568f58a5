#!/usr/bin/env bash
# How long kiln-tune takes without a card, ptxas included, for the main job:
#   bench/tune_time.sh [PROGRAM.mlir [REPETITIONS]]
# Prints median and maximum of the wall-clock time for three candidates and for
# nine. KILN_TUNE names another kiln-tune than the one in build/.
set -eu
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=${1:-$root/examples/conv_scale_min.mlir}
exec python3 - "${KILN_TUNE:-$root/build/bin/kiln-tune}" "$program" "${2:-9}" <<'PYTHON'
import json, statistics, subprocess, sys, time

tool, program, repetitions = sys.argv[1], sys.argv[2], int(sys.argv[3])

for configs in (3, 9):
    command = [tool, program, "--device=none", f"--max-configs={configs}", "--json"]
    seconds = []
    for _ in range(repetitions):
        start = time.perf_counter()
        child = subprocess.run(command, capture_output=True, text=True)
        seconds.append(time.perf_counter() - start)
        if child.returncode != 0:
            sys.exit(f"{' '.join(command)} failed:\n{child.stderr}")
    candidates = json.loads(child.stdout)["candidates"]
    if not all("registers" in c.get("facts", {}) for c in candidates):
        sys.exit("a candidate has no report of ptxas: is ptxas there?")
    print(f"{len(candidates)} candidates {statistics.median(seconds):6.2f} s median"
          f" {max(seconds):6.2f} s max")
PYTHON
