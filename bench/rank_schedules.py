#!/usr/bin/env python3
"""Ranks measured schedules by the model: `rank_schedules.py
[--csv=bench/data/h100_schedules.csv] [--opt=build/bin/kiln-opt]`.

For each program of the file: how much slower than the best measured schedule the
model's first choice is, and the best of its first three (regret); the rank
correlation of predicted and measured times; the median error of the time.
"""

import argparse
import csv
import os
import re
import subprocess
import sys

from records import quantile, rank_correlation

# "packing of the filter included": another kernel, 0.004 to 0.006 ms.
PACKING_MS = 0.005
HERE = os.path.dirname(os.path.abspath(__file__))


def run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(done.stderr)
    return done


def predict(opt, kernels, schedule):
    """Milliseconds of the compute kernel of a module with kernels."""
    done = run([opt, "-", f'--kiln-select-schedule=schedule="{schedule}"',
                "--kiln-predict-kernels", "--remark-format=emitRemark",
                "--remarks-filter=kiln-predict-kernels", "-o", os.devnull],
               input=kernels)
    return float(re.search(r"Milliseconds=([\d.]+)", done.stderr).group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--csv", default=os.path.join(HERE, "data/h100_schedules.csv"))
    parser.add_argument("--opt", default=os.path.join(HERE, "../build/bin/kiln-opt"))
    parser.add_argument("--programs", default=os.path.join(HERE, "programs"))
    parser.add_argument("--target", default="h100")
    parser.add_argument("--list", action="store_true", help="print each schedule")
    options = parser.parse_args()
    measured = {}
    with open(options.csv, newline="") as file:
        for row in csv.DictReader(file):
            measured.setdefault(row["program"], []).append(
                (float(row["ms"]), row["schedule"]))
    errors, firsts, threes = [], [], []
    for program, entries in measured.items():
        kernels = run([options.opt, "--kiln-fusion-stage",
                       f"--kiln-set-target=target={options.target}",
                       os.path.join(options.programs, program + ".mlir")]).stdout
        pairs = [(predict(options.opt, kernels, schedule) + PACKING_MS, ms, schedule)
                 for ms, schedule in entries]
        # Of equal predictions the first of the file.
        order = sorted(pairs, key=lambda pair: pair[0])
        best = min(ms for _, ms, _ in pairs)
        first, three = order[0][1] / best, min(p[1] for p in order[:3]) / best
        own = [abs(p - ms) / ms for p, ms, _ in pairs]
        errors += own
        firsts.append(first)
        threes.append(three)
        print(f"{program:24} {len(pairs):3} schedules, best {best:.4f} ms: first "
              f"choice {first:.2f}, best of three {three:.2f}, rank correlation "
              f"{rank_correlation([p[0] for p in pairs], [p[1] for p in pairs]):.2f}, "
              f"median error {100 * quantile(own, .5):.0f} %")
        if options.list:
            for predicted, ms, schedule in sorted(pairs, key=lambda p: p[1]):
                print(f"  {ms:.4f} ms, predicted {predicted:.4f}: {schedule}")
    print(f"first choice within 10 % of the best on {sum(f <= 1.1 for f in firsts)} "
          f"of {len(firsts)} programs, best of three on "
          f"{sum(t <= 1.1 for t in threes)}; median error of the time "
          f"{100 * quantile(errors, .5):.0f} %")


if __name__ == "__main__":
    main()
