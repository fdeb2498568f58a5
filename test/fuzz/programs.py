#!/usr/bin/env python3
# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Random programs, each compiled and verified in the emulator.

usage: programs.py [--seed=N] [--count=N] [--jobs=N] [--schedules=N]
                   [--keep=DIR] [--reasons] [--print]

A program comes from its seed alone; --print shows that of --seed. It compiles,
or is refused at a line of it; what compiles is verified. --schedules=N tries N
neighbours of the chosen loop schedule, too: one that is accepted must be right.
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

from generator import Program


def run(*command):
    """Exit status and what the command said."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=60)
    except subprocess.TimeoutExpired:
        return -1, "it took more than 60 s"
    return done.returncode, done.stdout


def check(source, artifact, *options):
    """A state, and what was said: compiled, refused, or failed."""
    status, said = run("kiln-compile", source, "-o", artifact, "--no-cubin", "--with-reference",
                       *options)
    if status == 2 and re.search(r":\d+:\d+: error: ", said):
        # What the generator writes is good MLIR.
        return "refused", said
    if status != 0:
        return "failed", "kiln-compile: exit status %d\n%s" % (status, said)
    status, said = run("kiln-run", artifact, "--device=cpu", "--verify", "--allow-degenerate",
                       "--threads=1")
    if status != 0:
        return "failed", "kiln-run: exit status %d\n%s" % (status, said)
    return "compiled", said


def get_neighbour(schedule, rng):
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


def try_seed(seed, num_schedules, keep):
    """Counts of states, failures and reasons of refusal."""
    counts, failures, reasons = collections.Counter(), [], []

    def note(kind, outcome, options):
        state, said = outcome
        counts[kind + state] += 1
        if state == "refused":
            reasons.append((seed, said))
        if state == "failed":
            failures.append("seed %d %s: %s" % (seed, " ".join(options), said))
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
        note("", outcome, [])
        if outcome[0] == "compiled" and num_schedules:
            schedule = re.search(r"#kiln.loop_schedule<.*>", run("kiln-compile", source,
                                                                 "--emit=schedule")[1])
            rng = random.Random(seed)
            for _ in range(num_schedules if schedule else 0):
                options = ["--schedule=" + get_neighbour(schedule.group(0), rng)]
                note("schedules ", check(source, artifact, *options), options)
    return counts, failures, reasons


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
    counts, why, first = collections.Counter(), collections.Counter(), {}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for some, failures, reasons in pool.map(
                lambda seed: try_seed(seed, options.schedules, options.keep),
                range(options.seed, options.seed + options.count)):
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
    if options.schedules:
        print("schedules: %d compiled, %d refused, %d failed" % tuple(
            counts["schedules " + state] for state in ("compiled", "refused", "failed")))
    return 1 if counts["failed"] + counts["schedules failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
