#!/usr/bin/env python3
"""Measures what the rules choose beside other schedules of the same programs.

With --compile, where the compiler is: writes an artifact for each line of
schedules.txt under DIR. Without, where the GPU is: runs them, interleaved in
rounds, and writes table.md and results.json. Needs Python 3.10 or newer and a
built kiln-run. A schedule that fails is a line of the table and stops nothing.
Exit 0: done; 1: a schedule did not compile, failed or was wrong; 2: bad usage.
"""

import argparse
import json
import math
import pathlib
import subprocess
import sys
import time

from measure import Table, first_line, note, query_card, run_artifact
from report import median_of, number, ratio

HERE = pathlib.Path(__file__).parent
RULES = "rules"


def read_list(path):
    """(program, name, schedule) of each line; the schedule of `rules` is None.
    Raises ValueError for a line of another form."""
    entries = []
    for count, line in enumerate(path.read_text().splitlines(), 1):
        fields = line.split(maxsplit=2)
        if not fields or line.startswith("//"):
            continue
        if len(fields) != (2 if fields[1:2] == [RULES] else 3) or "/" in line:
            raise ValueError(f"{path}:{count}: expected 'PROGRAM {RULES}' or "
                             "'PROGRAM NAME #kiln.schedule<...>'")
        if any(entry[:2] == tuple(fields[:2]) for entry in entries):
            raise ValueError(f"{path}:{count}: {fields[0]} {fields[1]} is there twice")
        entries.append((fields[0], fields[1], (fields + [None])[2]))
    return entries


def compile_all(arguments):
    failures = 0
    for program, name, schedule in arguments.entries:
        source = arguments.programs / f"{program}.mlir"
        directory = arguments.compile / program / name
        directory.parent.mkdir(parents=True, exist_ok=True)
        command = [str(arguments.compiler), str(source), "-o", str(directory),
                   f"--target={arguments.target}", "--with-reference"]
        if schedule:
            command.append(f"--schedule={schedule}")
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            message = done.stderr if done.returncode else None
        except OSError as error:
            message = str(error)
        if message is not None:
            failures += 1
            note(f"{program}, {name}: {first_line(message)}")
    note(f"{len(arguments.entries) - failures} of {len(arguments.entries)} compiled")
    return int(failures > 0)


def summarise(rows):
    """Of the rows of one program: the rules' row, the fastest, and the median
    over the rounds of their ratio; None for what was not measured."""
    measured = [row for row in rows if row.rounds]
    best = min(measured, key=lambda row: median_of(row, "median_ms"), default=None)
    rules = next((row for row in measured if row.name == RULES), None)
    return rules, best, ratio(rules, best) if rules else None


def write_table(directory, programs, facts):
    """`programs`: name -> rows."""
    summaries = {name: summarise(rows) for name, rows in programs.items()}
    ratios = [found for _, _, found in summaries.values() if found]
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else None
    (directory / "results.json").write_text(json.dumps({
        **facts, "rules_to_best_geometric_mean": mean,
        "results": [{"program": name, "schedule": row.name,
                     "median_ms": median_of(row, "median_ms"),
                     "to_best": ratio(row, summaries[name][1]),
                     "relative_error": row.error, "failure": row.failure,
                     "rounds": row.rounds}
                    for name, rows in programs.items() for row in rows]},
        indent=1) + "\n")
    before, after = facts["card_before"], facts["card_after"]
    lines = [f"# Schedules on {before.get('name', 'unknown')}, {facts['rounds']} rounds",
             "",
             "Medians over the rounds in ms, weights' packing included; ratios are "
             "medians of the ratios within a round.",
             f"SM clock {before.get('clocks.sm', '?')} before, "
             f"{after.get('clocks.sm', '?')} after; driver "
             f"{before.get('driver_version', '?')}.",
             "",
             "| program | rules | best | which | rules to best |",
             "|---|---:|---:|---|---:|"]
    for name, (rules, best, found) in summaries.items():
        lines.append(
            f"| {name} | {number(rules and median_of(rules, 'median_ms'), '.3f')} "
            f"| {number(best and median_of(best, 'median_ms'), '.3f')} "
            f"| {best.name if best else '-'} | {number(found, '.3f')} |")
    lines += ["", f"Geometric mean of rules to best: {number(mean, '.3f')}"]
    for name, rows in programs.items():
        lines += ["", f"## {name}", "",
                  "| schedule | median ms | to best | relative error |",
                  "|---|---:|---:|---:|"]
        for row in rows:
            if row.failure and not row.rounds:
                lines.append(f"| {row.name} | failed: {row.failure} | | |")
                continue
            lines.append(f"| {row.name} | {number(median_of(row, 'median_ms'), '.3f')} "
                         f"| {number(ratio(row, summaries[name][1]), '.3f')} "
                         f"| {number(row.error, '.2e')} |")
    (directory / "table.md").write_text("\n".join(lines) + "\n")


def measure_all(arguments):
    arguments.out.mkdir(parents=True, exist_ok=True)
    table, before, done = Table(), query_card(), 0
    started = time.monotonic()
    for count in range(arguments.rounds):
        if count and time.monotonic() - started > arguments.budget:
            note(f"stopped after {count} rounds: the time budget is used up")
            break
        note(f"round {count + 1} of {arguments.rounds}")
        for program, name, _ in arguments.entries:
            directory = arguments.artifacts / program / name
            row = table.row(program, name, "artifact")
            if not (directory / "artifact.json").exists():
                if not row.failure:
                    row.fail(f"no artifact in {directory}")
                continue
            time.sleep(arguments.rest)
            run_artifact(arguments, table, program, directory, count, name)
        done = count + 1
    programs = {}
    for row in table.rows:
        programs.setdefault(row.form, []).append(row)
    write_table(arguments.out, programs,
                {"card_before": before, "card_after": query_card(), "rounds": done,
                 "seconds": round(time.monotonic() - started, 1)})
    print((arguments.out / "table.md").read_text())
    return int(any(row.failure for row in table.rows))


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("artifacts", nargs="?", type=pathlib.Path, metavar="DIR",
                        help="what --compile wrote")
    parser.add_argument("--compile", type=pathlib.Path, metavar="DIR",
                        help="write the artifacts and measure nothing")
    parser.add_argument("--list", type=pathlib.Path, metavar="FILE",
                        default=HERE / "schedules.txt")
    parser.add_argument("--programs", type=pathlib.Path, metavar="DIR",
                        default=HERE / "programs", help="holds PROGRAM.mlir")
    parser.add_argument("--compiler", type=pathlib.Path, metavar="FILE",
                        default=pathlib.Path("build/bin/kiln-compile"))
    parser.add_argument("--target", default="rtx4090",
                        help="the card that the rules choose for")
    parser.add_argument("--kiln-run", type=pathlib.Path, metavar="FILE",
                        default=pathlib.Path("build/bin/kiln-run"))
    parser.add_argument("--only", metavar="LIST", help="programs of the list")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rest", type=float, default=0.4, metavar="SECONDS",
                        help="pause before each timing, so that clocks recover")
    parser.add_argument("--budget", type=float, default=330, metavar="SECONDS",
                        help="no round starts after this time")
    parser.add_argument("--no-verify", action="store_true",
                        help="do not verify the artifacts first")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("bench-out"))
    arguments = parser.parse_args(argv)
    if (arguments.compile is None) == (arguments.artifacts is None):
        parser.error("give either --compile=DIR or the DIR that it wrote")
    if arguments.rounds < 1:
        parser.error("--rounds must be at least 1")
    try:
        arguments.entries = read_list(arguments.list)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    if arguments.only is not None:
        wanted = [name for name in arguments.only.split(",") if name]
        for name in wanted:
            if all(name != program for program, _, _ in arguments.entries):
                parser.error(f"{arguments.list} has no program {name}")
        arguments.entries = [entry for entry in arguments.entries if entry[0] in wanted]
    needed = arguments.compiler if arguments.compile else arguments.kiln_run
    if not needed.exists():
        option = "--compiler" if arguments.compile else "--kiln-run"
        parser.error(f"{needed} is not there: name it with {option}")
    return arguments


def main(argv=None):
    arguments = parse(argv)
    return compile_all(arguments) if arguments.compile else measure_all(arguments)


if __name__ == "__main__":
    sys.exit(main())
