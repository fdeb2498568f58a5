#!/usr/bin/env python3
# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Compiles schedules of a program's search space and verifies them in the emulator.

usage: enumerate.py [--count=N] [--from=N] [--precision=NAME] PROGRAM...

Of the schedules that kiln-enumerate-schedules lists for a program, N that fit
(6), spread over the list, are compiled and run: their results must be right, and
they must take the shared memory that they were counted with. As many that were
pruned must be refused for the listed reason. --from shifts the choice.
Prints what failed with the tool's words, and counts. Exit status 1: failures.
"""

import argparse
import collections
import concurrent.futures
import os
import subprocess
import sys
import tempfile

from check import compare_shared


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def enumerate_schedules(program, precision):
    """(fits, schedule, reason) of each."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "list")
        passes = ("kiln-fusion-stage,kiln-set-target,kiln-enumerate-schedules"
                  "{precision=%s output=%s}" % (precision, path))
        subprocess.run(["kiln-opt", program, "--pass-pipeline=builtin.module(%s)" % passes,
                        "-o", os.devnull], check=True)
        with open(path) as file:
            lines = [line.rstrip("\n").split("\t") for line in file]
    return [(state == "fits", schedule, "".join(reason)) for _, state, schedule, *reason in lines]


def choose(schedules, count, start):
    """`count` of the list with equal steps, the first among them."""
    step = max(1, len(schedules) // count)
    return schedules[start % step::step][:count]


def check(program, precision, fits, schedule, reason):
    """What is wrong; else None."""
    with tempfile.TemporaryDirectory() as directory:
        artifact = os.path.join(directory, "artifact")
        status, said = run("kiln-compile", program, "-o", artifact, "--no-cubin",
                           "--with-reference", "--remarks", "--schedule=" + schedule,
                           "--precision=" + precision)
        if not fits:
            wanted = "the given schedule does not fit: " + reason + "\n"
            return None if status == 2 and wanted in said else "not refused for %s\n%s" % (
                reason, said)
        if status:
            return "kiln-compile: exit status %d\n%s" % (status, said)
        if compare_shared(said):
            return compare_shared(said)
        status, said = run("kiln-run", artifact, "--device=cpu", "--verify", "--threads=1")
        return "kiln-run: exit status %d\n%s" % (status, said) if status else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=6)
    parser.add_argument("--from", type=int, default=0, dest="start")
    parser.add_argument("--precision", default="tf32")
    parser.add_argument("programs", nargs="+")
    options = parser.parse_args()
    work = []
    for program in options.programs:
        schedules = enumerate_schedules(program, options.precision)
        for wanted in (True, False):
            work += [(program, options.precision, *entry) for entry in choose(
                [entry for entry in schedules if entry[0] == wanted], options.count,
                options.start)]
    counts = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for entry, failure in zip(work, pool.map(lambda entry: check(*entry), work)):
            counts["wrong" if failure else "right" if entry[2] else "refused"] += 1
            if failure:
                print("%s, %s: %s" % (entry[0], entry[3], failure))
    print("%d schedules right, %d refused as listed, %d wrong" % (
        counts["right"], counts["refused"], counts["wrong"]))
    return 1 if counts["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
