#!/usr/bin/env python3
# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Runs the programs of other tests with schedules forced on them.

usage: matrix.py +field=value ... TEST...

Takes each `RUN: %check` line of the tests that leaves the schedule to the rules
and runs check.py on it with these fields replaced, where the program can have
them. Prints how many could.
"""

import os
import subprocess
import sys

import check


def programs(path):
    with open(path) as file:
        for line in file:
            if not line.startswith("RUN: %check "):
                continue
            arguments = line.split()[2:]
            if not any(a.startswith((".", "%", "|")) for a in arguments):
                yield arguments


def main(arguments):
    forced = [a for a in arguments if a.startswith("+")]
    tests = [a for a in arguments if not a.startswith("+")]
    legal = total = 0
    for test in tests:
        for program in programs(test):
            total += 1
            done = subprocess.run(
                [sys.executable, check.__file__] + forced + program,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if done.returncode == check.NOT_LEGAL:
                continue
            if done.returncode:
                print(done.stdout)
                return 1
            legal += 1
    print("%d of %d programs" % (legal, total))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
