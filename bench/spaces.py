#!/usr/bin/env python3
"""Declares the schedules on which the model and the tuner are tested, and holds
what was measured against them.

  spaces.py sample PROGRAM.mlir... > spaces.txt   declares; commit it first
  schedules.py --compile=DIR --list=spaces.txt    compiles
  kiln-bench DIR/PROGRAM/* --record=RECORDS       measures, on the card
  spaces.py report DIR --record=RECORDS           predicted beside measured

A program's space: what kiln-tune would try (baseline, default, proposals), the
first neighbours of the default, and schedules spread evenly over the list of
`kiln-opt --kiln-enumerate-schedules`. Exit 0: done; 2: bad usage or a tool failed.
"""

import argparse
import json
import math
import pathlib
import sys

import measure
from records import quantile, rank_correlation

HERE = pathlib.Path(__file__).parent
BUILD = HERE / "../build/bin"


def run(*command):
    return measure.run([str(part) for part in command], seconds=600)


def enumerate_space(arguments, program):
    """The schedules that fit, in the compiler's order; the default is the first."""
    lines = run(arguments.build / "kiln-opt", program, "--kiln-fusion-stage",
                f"--kiln-set-target=target={arguments.target}",
                f"--kiln-enumerate-schedules=limit={arguments.limit} output=-",
                "-o", "/dev/null").splitlines()
    fields = [line.split("\t") for line in lines]
    return [field[2] for field in fields if len(field) > 2 and field[1] == "fits"]


def sample(arguments):
    for program in arguments.programs:
        tuned = json.loads(run(arguments.build / "kiln-tune", program,
                               "--device=none", f"--target={arguments.target}",
                               "--json"))
        names = {}
        for candidate in tuned["candidates"]:
            # `rules` is schedules.py's word for what the compiler chooses.
            origin = candidate["origin"].replace("rules", "proposal")
            same = sum(name.startswith(origin) for name in names.values())
            names.setdefault(candidate["schedule"],
                             origin + (str(same + 1) if same else ""))
        space = [s for s in enumerate_space(arguments, program) if s not in names]
        near = space[:arguments.near]
        rest = space[arguments.near:]
        count = min(arguments.spread, len(rest))
        spread = [rest[i * len(rest) // count] for i in range(count)]
        for group, schedules in ("near", near), ("space", spread):
            for i, schedule in enumerate(schedules, 1):
                names[schedule] = f"{group}{i}"
        for schedule, name in names.items():
            print(program.stem, name, schedule)
        print()


def read_records(path):
    """Name of the artifact's directory -> (median ms or None, failure)."""
    found = {}
    for line in path.read_text().splitlines():
        record = json.loads(line)
        directory = pathlib.PurePath(record["artifact"])
        times = record.get("ms") or []
        found[directory.parent.name, directory.name] = (
            quantile(times, .5) if times else None, record.get("failure"))
    return found


def explain(arguments, directory):
    """What kiln-explain says of an artifact: of its compute kernel."""
    explained = json.loads(run(arguments.build / "kiln-explain", directory,
                               f"--target={arguments.target}", "--json"))
    compute, packing = None, 0
    for kernel in explained["kernels"]:
        if kernel["role"] == "compute":
            compute = kernel
        else:
            packing += arguments.packing
    return {"predicted": compute["predicted_ms"] and
                         compute["predicted_ms"] + packing,
            "roofline": compute["roofline"]["bound_ms"],
            "spills": compute["resources"].get("spill_bytes", 0),
            "bound": compute.get("predicted_bound", "-")}


def report(arguments):
    records = read_records(arguments.record)
    programs = {}
    for (program, name), (ms, failure) in sorted(records.items()):
        if ms is None:
            print(f"{program} {name}: not measured: {failure}")
            continue
        entry = explain(arguments, arguments.artifacts / program / name)
        programs.setdefault(program, []).append({"name": name, "ms": ms, **entry})
    for entries in programs.values():  # of equal predictions the default
        entries.sort(key=lambda entry: entry["name"] != "default")
    errors, roofline, firsts, threes = [], [], [], []
    print("| program | pairs | best ms | default | baseline | model's first "
          "| best of three | rank correlation | median error |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for program, entries in programs.items():
        best = min(entry["ms"] for entry in entries)
        names = {entry["name"]: entry["ms"] / best for entry in entries}
        # The three that kiln-tune tries by default.
        three = min(ratio for name, ratio in names.items()
                    if not name.startswith(("near", "space")))
        threes.append(three)
        known = [entry for entry in entries if entry["predicted"]]
        cells = [f"{names[key]:.2f}" if key in names else "-"
                 for key in ("default", "baseline")]
        if known:
            first = min(known, key=lambda entry: entry["predicted"])["ms"] / best
            firsts.append(first)
            own = [abs(entry["predicted"] / entry["ms"] - 1) for entry in known]
            errors += own
            roofline += [abs(entry["roofline"] / entry["ms"] - 1) for entry in known]
            correlation = rank_correlation([entry["predicted"] for entry in known],
                                           [entry["ms"] for entry in known])
            cells += [f"{first:.2f}", f"{three:.2f}", f"{correlation:.2f}",
                      f"{100 * quantile(own, .5):.0f} %"]
        else:
            cells += ["-", f"{three:.2f}", "-", "-"]
        print(f"| `{program}` | {len(entries)} | {best:.4f} | {' | '.join(cells)} |")
        if arguments.list:
            for entry in sorted(entries, key=lambda entry: entry["ms"]):
                predicted = entry["predicted"] or math.nan
                print(f"  {entry['ms']:.4f} ms, predicted {predicted:.4f} "
                      f"({entry['bound']}), {entry['spills']} B spilled: "
                      f"{entry['name']}")
    if errors:
        print(f"\n{len(errors)} pairs: median error {100 * quantile(errors, .5):.1f} %, "
              f"90th percentile {100 * quantile(errors, .9):.0f} %; of a roofline "
              f"{100 * quantile(roofline, .5):.0f} and "
              f"{100 * quantile(roofline, .9):.0f} %")
        print(f"the model's first choice within 5 % of the best on "
              f"{sum(ratio <= 1.05 for ratio in firsts)} of {len(firsts)} programs")
    print(f"the best of the three candidates within 5 % of the best on "
          f"{sum(ratio <= 1.05 for ratio in threes)} of {len(threes)} programs")


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    first = commands.add_parser("sample", help="print a list of schedules")
    first.add_argument("programs", nargs="+", type=pathlib.Path)
    first.add_argument("--limit", type=int, default=512,
                       help="schedules of the enumeration")
    first.add_argument("--near", type=int, default=5)
    first.add_argument("--spread", type=int, default=12)
    first.set_defaults(function=sample)
    second = commands.add_parser("report", help="predicted beside measured")
    second.add_argument("artifacts", type=pathlib.Path,
                        help="what schedules.py --compile wrote")
    second.add_argument("--record", type=pathlib.Path, required=True)
    second.add_argument("--packing", type=float, default=0.005,
                        help="ms of a kernel that packs the filter")
    second.add_argument("--list", action="store_true", help="print each schedule")
    second.set_defaults(function=report)
    for command in first, second:
        command.add_argument("--target", default="h100")
        command.add_argument("--build", type=pathlib.Path, default=BUILD)
    arguments = parser.parse_args(argv)
    try:
        arguments.function(arguments)
    except RuntimeError as error:
        measure.note(f"spaces.py: {error}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
