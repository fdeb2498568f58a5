#!/usr/bin/env python3
"""Times the artifacts of two folders beside each other, pair by pair.

usage: compare.py BEFORE AFTER --kiln-run=PROGRAM [--rounds=5] [--limit=1.015]

Artifacts of one name are a pair. Each round times both, so that a clock that
drifts meets both alike; the ratio is the median over the rounds of AFTER over
BEFORE. Each is verified first. Exit 1: one failed, or a ratio is above --limit.
"""

import argparse
import pathlib
import statistics
import sys

from measure import Table, note, query_card, run_artifact


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before", type=pathlib.Path)
    parser.add_argument("after", type=pathlib.Path)
    parser.add_argument("--kiln-run", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=float, default=1.015)
    parser.add_argument("--no-verify", action="store_true")
    arguments = parser.parse_args()
    names = sorted(path.name for path in arguments.before.iterdir()
                   if (arguments.after / path.name / "artifact.json").exists())
    if not names:
        sys.exit("compare.py: no artifact of the same name in both folders")
    table = Table()
    for number in range(arguments.rounds):
        note(f"round {number + 1} of {arguments.rounds}")
        for name in names:
            for side in (arguments.before, arguments.after):
                run_artifact(arguments, table, name, side / name, number,
                             name=side.name)
    print(f"card: {query_card().get('name')}")
    print("| artifact | before, ms | after, ms | after / before | error |")
    print("|---|---|---|---|---|")
    good = True
    for name in names:
        before, after = [row for row in table.rows if row.form == name]
        if before.failure or after.failure:
            print(f"| {name} | {before.failure or ''} | {after.failure or ''} | | |")
            good = False
            continue
        ratios = [after.rounds[n]["median_ms"] / before.rounds[n]["median_ms"]
                  for n in before.rounds]
        ratio = statistics.median(ratios)
        good &= ratio <= arguments.limit

        def median(row):
            return statistics.median(r["median_ms"] for r in row.rounds.values())
        error = "" if after.error is None else f"{after.error:.2e}"
        print(f"| {name} | {median(before):.4f} | {median(after):.4f} | "
              f"{ratio:.4f} | {error} |")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
