#!/usr/bin/env python3
# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Random programs, each compiled and verified in the emulator.

usage: programs.py [--seed=N] [--count=N] [--jobs=N] [--schedules=N]
                   [--keep=DIR] [--reasons] [--print]

A program comes from its seed alone; --print shows that of --seed. It compiles,
or is refused at a line of it; what compiles is verified. --schedules=N tries N
neighbours of the chosen schedule, too: one that is accepted must be right.
--keep writes programs that fail to DIR, --reasons counts why others are refused.
Exit status 1: failures.
"""

import argparse
import collections
import concurrent.futures
import os
import random
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, "e2e"))
from check import compare_shared
from generator import Program


def run(*command):
    """Exit status and what the command said."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=60)
    except subprocess.TimeoutExpired:
        return -1, "it took more than 60 s"
    return done.returncode, done.stdout


# How a program is refused, and a schedule: by its own rules or by the program's.
UNSUPPORTED = r":\d+:\d+: error: unsupported: "
MISFIT = r":\d+:\d+: error: (?!'|a tile )|op the given schedule does not fit: "


def check(source, artifact, schedule=None):
    """A state, and what was said: compiled, refused, or failed."""
    options = ["--schedule=" + schedule] if schedule else []
    status, said = run("kiln-compile", source, "-o", artifact, "--no-cubin", "--with-reference",
                       "--remarks", *options)
    # What the generator writes is good MLIR; a pass behind fusion refuses nothing.
    if status == 2 and re.search(MISFIT if schedule else UNSUPPORTED, said):
        return "refused", said
    if status != 0:
        return "failed", "kiln-compile: exit status %d\n%s" % (status, said)
    differs = compare_shared(said)
    if differs:
        return "failed", differs
    status, said = run("kiln-run", artifact, "--device=cpu", "--verify", "--allow-degenerate",
                       "--threads=1")
    if status != 0:
        return "failed", "kiln-run: exit status %d\n%s" % (status, said)
    return "compiled", said


def get_loop_neighbour(schedule, rng):
    """A loop schedule with a change or two, which may not fit."""
    lists = dict(re.findall(r"(\w+) = \[(.*?)\](?=,? ?(?:\w+ =|>))", schedule))
    tile = [int(n) for n in lists["tile"].split(",")] if lists["tile"] else []
    threads = [tuple(map(int, p)) for p in re.findall(r"\[(\d+):(\d+)\]", lists["threads"])]
    vector = [int(n) for n in lists["vector"].split(",")] if lists["vector"] else []
    block = int(re.search(r"block = (\d+)", schedule).group(1))
    for _ in range(rng.randint(1, 4)):
        kind = rng.choice(["tile", "tile", "threads", "threads", "vector", "swap", "block"])
        at = rng.randrange(len(tile)) if tile else None
        if kind == "block" or at is None:
            block = rng.choice([32, 64, 128, 256, 512])
        elif kind == "tile":
            tile[at] = rng.choice([threads[at][0] * vector[at] * n for n in (1, 1, 2, 4, 8)])
        elif kind == "threads":
            size = rng.choice([1, 2, 4, 8, 16, 32, 64])
            tile[at] = max(1, tile[at] // threads[at][0]) * size
            threads[at] = size, rng.choice([1, 1, 2, 4, 8, 16, 32, 64])
            if size == 1:
                threads[at] = 1, 1
        elif kind == "swap":
            other = rng.randrange(len(tile))
            for values in (tile, threads, vector):
                values[at], values[other] = values[other], values[at]
        else:
            tile[at] //= vector[at]
            vector[at] = rng.choice([1, 2, 4])
            tile[at] *= vector[at]
    # A block has all the threads that its axes ask for.
    for size, stride in threads:
        block = max(block, size * stride)
    return "#kiln.loop_schedule<tile = [%s], threads = [%s], vector = [%s], block = %d>" % (
        ", ".join(map(str, tile)), ", ".join("[%d:%d]" % t for t in threads),
        ", ".join(map(str, vector)), block)


# The fields of a #kiln.schedule: what one is when it is not printed, and how it
# changes. A tile and warps are three each, of which one changes.
FIELDS = {
    "contraction": (None, lambda rng, old: rng.choice(["fma", old])),
    "tile": (None, lambda rng, old: max(1, old * 2 if rng.random() < 0.5 else old // 2)),
    "chunk": (None, lambda rng, old: max(1, old * 2 if rng.random() < 0.5 else old // 2)),
    "warps": (None, lambda rng, old: max(1, old * 2 if rng.random() < 0.6 else old // 2)),
    "stages": (2, lambda rng, old: rng.randint(1, 4)),
    "persistent": ("true", None),
    "columns": ("plain", lambda rng, old: "even_odd" if old == "plain" else "plain"),
    "weights": ("packed", lambda rng, old: "strided" if old == "packed" else "packed"),
    "ring": (0, lambda rng, old: rng.choice([0, 2, 3, 4])),
    "transpose": ("false", None),
    "lookahead": (0, lambda rng, old: 1 - old),
    "early_barrier": ("false", None),
    "spread": (1, lambda rng, old: rng.randint(1, 4)),
    "peel": ("false", None),
    "halving": ("false", None),
    "paired_stores": ("false", None),
    "channels": ("plain", lambda rng, old: "adjacent" if old == "plain" else "plain"),
    "stores": ("direct", lambda rng, old: "staged" if old == "direct" else "direct"),
}


def get_contraction_neighbour(schedule, rng):
    """A #kiln.schedule with a change or more, which may not fit."""
    given = dict(re.findall(r"(\w+) = (\[.*?\]|\w+)", schedule))
    fields = {}
    for name, (default, _) in FIELDS.items():
        text = given.get(name, str(default))
        numbers = [int(n) for n in re.findall(r"\b\d+\b", text)]
        fields[name] = numbers if text[0] == "[" else numbers[0] if numbers else text
    for name in rng.sample(list(FIELDS), rng.randint(1, 4)):
        step = FIELDS[name][1] or (lambda rng, old: "false" if old == "true" else "true")
        if isinstance(fields[name], list):
            at = rng.randrange(3)
            fields[name][at] = step(rng, fields[name][at])
        else:
            fields[name] = step(rng, fields[name])
    # What needs something that the schedule does not have now goes, too.
    if fields["stages"] == 1:
        fields.update(lookahead=0, ring=0)
    if fields["weights"] == "strided":
        fields.update(ring=0)
    if fields["lookahead"] == 0:
        fields.update(early_barrier="false")
    if fields["early_barrier"] == "false":
        fields.update(spread=1, peel="false")
    return "#kiln.schedule<%s>" % ", ".join("%s = %s" % field for field in fields.items())


def get_neighbour(schedule, rng):
    """A schedule of the same kind that differs a little."""
    is_loop = schedule.startswith("#kiln.loop_schedule")
    return (get_loop_neighbour if is_loop else get_contraction_neighbour)(schedule, rng)


def try_seed(seed, num_schedules, keep):
    """Counts of states, failures and reasons of refusal."""
    counts, failures, reasons = collections.Counter(), [], []

    def note(kind, outcome, schedule):
        state, said = outcome
        counts[kind + state] += 1
        if state == "refused":
            reasons.append((seed, said))
        if state == "failed":
            failures.append("seed %d %s: %s" % (seed, schedule, said))
            if keep:
                with open(os.path.join(keep, "%d.mlir" % seed), "w") as file:
                    file.write(text)

    text = Program(seed).text
    with tempfile.TemporaryDirectory() as directory:
        source = os.path.join(directory, "program.mlir")
        artifact = os.path.join(directory, "artifact")
        with open(source, "w") as file:
            file.write(text)
        outcome = check(source, artifact)
        note("", outcome, "")
        if outcome[0] == "compiled" and num_schedules:
            schedule = re.search(r"#kiln.(?:loop_)?schedule<.*>", run("kiln-compile", source,
                                                                 "--emit=schedule")[1])
            rng = random.Random(seed)
            for _ in range(num_schedules if schedule else 0):
                neighbour = get_neighbour(schedule.group(0), rng)
                note("schedules ", check(source, artifact, neighbour), neighbour)
    return counts, failures, reasons


def try_seeds(try_one, options):
    """The sum of the counts that `try_one` has of each seed; prints it of programs,
    and failures and reasons before."""
    counts, why, first = collections.Counter(), collections.Counter(), {}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for some, failures, reasons in pool.map(
                try_one, range(options.seed, options.seed + options.count)):
            counts += some
            for failure in failures:
                print(failure, flush=True)
            for seed, reason in reasons:
                text = re.sub(r"\d+", "N", re.search(r"error: (.*)", reason).group(1))
                why[text] += 1
                first.setdefault(text, seed)
    if options.reasons:
        for reason, count in why.most_common():
            print("%5d, first seed %d: %s" % (count, first[reason], reason))
    print("%d programs: %d compiled, %d refused, %d failed" % (
        options.count, counts["compiled"], counts["refused"], counts["failed"]))
    return counts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--schedules", type=int, default=0)
    parser.add_argument("--keep")
    parser.add_argument("--reasons", action="store_true")
    parser.add_argument("--print", action="store_true")
    options = parser.parse_args()
    if options.print:
        print(Program(options.seed).text, end="")
        return 0
    counts = try_seeds(
        lambda seed: try_seed(seed, options.schedules, options.keep), options)
    if options.schedules:
        print("schedules: %d compiled, %d refused, %d failed" % tuple(
            counts["schedules " + state] for state in ("compiled", "refused", "failed")))
    return 1 if counts["failed"] + counts["schedules failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
