#!/usr/bin/env bash
# How long kiln-compile takes and how much memory, for the main job:
#   bench/compile_time.sh [PROGRAM.mlir [REPETITIONS]]
# Prints median and maximum of the wall-clock time and the peak resident set.
# KILN_COMPILE names another kiln-compile than the one in build/.
set -eu
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=${1:-$root/examples/conv_scale_min.mlir}
exec python3 - "${KILN_COMPILE:-$root/build/bin/kiln-compile}" "$program" "${2:-9}" <<'PYTHON'
import os, statistics, subprocess, sys, tempfile, time

tool, program, repetitions = sys.argv[1], sys.argv[2], int(sys.argv[3])


def measure(name, arguments):
    seconds, peak = [], 0
    for _ in range(repetitions):
        with tempfile.TemporaryDirectory() as folder:
            command = [tool, program] + [a.replace("DIR", folder) for a in arguments]
            start = time.perf_counter()
            child = subprocess.Popen(command, stderr=subprocess.PIPE)
            errors = child.stderr.read().decode()
            # Of this child alone, with those that it waited for (ptxas).
            _, status, usage = os.wait4(child.pid, 0)
            seconds.append(time.perf_counter() - start)
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode != 0:
                sys.exit(f"{' '.join(command)} failed:\n{errors}")
            peak = max(peak, usage.ru_maxrss)
    print(
        f"{name:24} {statistics.median(seconds):6.2f} s median {max(seconds):6.2f} s max"
        f" {peak / 1024:6.0f} MiB peak"
    )


measure("PTX", ["--emit=ptx", "-o", "/dev/null"])
measure("cubin and report", ["--emit=report", "-o", "/dev/null"])
measure("artifact with reference", ["--with-reference", "-o", "DIR/artifact"])
PYTHON
