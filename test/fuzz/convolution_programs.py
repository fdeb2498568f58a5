#!/usr/bin/env python3
# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Random programs with one convolution, each at schedules of its space.

usage: convolution_programs.py [--exact] [--seed=N] [--count=N] [--jobs=N]
                               [--schedules=N] [--keep=DIR] [--reasons] [--print]
                               [--emit=DIR]

A program comes from its seed and mode alone; --print shows that of --seed. What
compiles is verified in the emulator, with the schedule that the rules choose and
with --schedules=N drawn from those that kiln-enumerate-schedules says fit: each of
them must compile. The data is random and judged by the reference's bounds; --exact
makes programs and data of whole numbers, of which the reference allows one value
each, whatever the schedule.
A failure is shrunk and printed with its schedule; --keep writes the program and
the commands to DIR. --reasons counts why programs are refused. --emit verifies
nothing but writes the artifacts to DIR, for `bench/verify.sh DIR` on a card. Exit
status 1: failures.
"""

import argparse
import collections
import os
import random
import re
import shlex
import sys
import tempfile

from convolutions import Convolution
from programs import UNSUPPORTED, compare_shared, run, try_seeds
from recipes import draw, shrink


class Subject:
    """A recipe's program in a directory of its own."""

    def __init__(self, recipe, directory):
        self.recipe, self.directory = recipe, directory
        self.program = Convolution(recipe)
        self.source = os.path.join(directory, "program.mlir")
        self.artifact = os.path.join(directory, "artifact")
        with open(self.source, "w") as file:
            file.write(self.program.text)

    def compile_command(self, schedule=None):
        return ["kiln-compile", self.source, "-o", self.artifact, "--no-cubin", "--with-reference",
                "--remarks", "--precision=" + self.recipe["precision"]] + (
                    ["--schedule=" + schedule] if schedule else [])

    def get_arguments(self):
        """What kiln-run is given to verify, on whatever device."""
        return ["--allow-degenerate"] + (["--exact"] if self.recipe["exact"] else []) + \
            self.program.ranges

    def run_command(self):
        return ["kiln-run", self.artifact, "--device=cpu", "--verify", "--threads=1"] + \
            self.get_arguments()

    def check(self, schedule=None):
        """A state, and what was said: compiled, refused, or failed."""
        status, said = run(*self.compile_command(schedule))
        if status == 2 and not schedule and re.search(UNSUPPORTED, said):
            return "refused", said
        if status:
            return "failed", "kiln-compile: exit status %d\n%s" % (status, said)
        differs = compare_shared(said)
        if differs:
            return "failed", differs
        status, said = run(*self.run_command())
        if status:
            return "failed", "kiln-run: exit status %d\n%s" % (status, said)
        return "compiled", said

    def list_schedules(self):
        """The schedules of the space that fit, or an error as a string. None of a
        program of several kernels: a schedule would be given to each of them."""
        status, said = run(
            "kiln-opt", self.source, "--pass-pipeline=builtin.module(kiln-fusion-stage,"
            "kiln-set-target,kiln-enumerate-schedules{precision=%s})" % self.recipe["precision"],
            "-o", os.devnull)
        if status:
            return "kiln-opt: exit status %d\n%s" % (status, said)
        lines = [line.split("\t") for line in said.splitlines() if "\t" in line]
        if len({line[0] for line in lines}) > 1:
            return []
        return [line[2] for line in lines if line[1] == "fits"]


def find_failure(recipe, schedules, note=lambda *_: None, given=()):
    """The first failure with its schedule and what was said; None if all is well.
    `given`: schedules to try besides."""
    with tempfile.TemporaryDirectory() as directory:
        subject = Subject(recipe, directory)
        outcome = subject.check()
        note("", outcome)
        if outcome[0] == "failed":
            return None, outcome[1]
        if outcome[0] == "refused" or not schedules:
            return None
        space = subject.list_schedules()
        if isinstance(space, str):
            return None, space
        some = random.Random(subject.program.text).sample(space, min(schedules, len(space)))
        for schedule in some + [schedule for schedule in given if schedule in space]:
            outcome = subject.check(schedule)
            note("schedules ", outcome)
            if outcome[0] == "failed":
                return schedule, outcome[1]
    return None


def describe(recipe, schedule, said):
    """The program, its schedule and the commands."""
    with tempfile.TemporaryDirectory() as directory:
        subject = Subject(recipe, directory)
        lines = [shlex.join(subject.compile_command(schedule)), shlex.join(subject.run_command())]
        lines = [line.replace(directory + os.sep, "") for line in lines] + said.splitlines()
    return subject.program.text + "".join("// %s\n" % line for line in lines)


def reduce_failure(recipe, schedules, schedule, said):
    """The smallest program that fails with the same tool, as text."""
    last = [schedule, said]

    def fails(smaller):
        try:
            Convolution(smaller)
        except (AssertionError, LookupError, StopIteration, ValueError):
            return False  # not a program
        found = find_failure(smaller, schedules, given=last[:1])
        if found and found[1].split()[0] == said.split()[0]:
            last[:] = found
            return True
        return False
    return describe(shrink(recipe, fails), *last)


def try_seed(seed, options):
    """Counts of states, failures as text and reasons of refusal."""
    counts, reasons = collections.Counter(), []

    def note(kind, outcome):
        counts[kind + outcome[0]] += 1
        if outcome[0] == "refused":
            reasons.append((seed, outcome[1]))
    recipe = draw(seed, options.exact)
    failure = find_failure(recipe, options.schedules, note)
    if failure is None:
        return counts, [], reasons
    if failure[1].startswith("kiln-opt"):
        counts["schedules failed"] += 1
    text = reduce_failure(recipe, options.schedules, *failure)
    if options.keep:
        name = "%s%d.mlir" % ("exact-" if options.exact else "", seed)
        with open(os.path.join(options.keep, name), "w") as file:
            file.write(text)
    return counts, ["seed %d failed:\n%s" % (seed, text)], reasons


def emit_artifacts(seed, options):
    """Artifacts of a program, with kiln-run's arguments in a file beside each."""
    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as directory:
        subject = Subject(draw(seed, options.exact), directory)
        space = subject.list_schedules() if options.schedules else []
        some = random.Random(subject.program.text).sample(space, min(options.schedules, len(space)))
        for number, schedule in enumerate([None] + some):
            subject.artifact = os.path.join(options.emit, "%s%d-%d" % (
                "exact-" if options.exact else "", seed, number))
            status, _ = run(*subject.compile_command(schedule))
            if status:
                counts["schedules failed" if schedule else "refused"] += 1
                break
            counts["compiled" if not schedule else "schedules compiled"] += 1
            with open(os.path.join(subject.artifact, "arguments"), "w") as file:
                file.write(shlex.join(subject.get_arguments()) + "\n")
    return counts, [], []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--exact", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--schedules", type=int, default=2)
    parser.add_argument("--keep")
    parser.add_argument("--reasons", action="store_true")
    parser.add_argument("--print", action="store_true")
    parser.add_argument("--emit")
    options = parser.parse_args()
    if options.print:
        print(Convolution(draw(options.seed, options.exact)).text, end="")
        return 0
    try_one = emit_artifacts if options.emit else try_seed
    counts = try_seeds(lambda seed: try_one(seed, options), options)
    print("schedules: %d right, %d failed" % (
        counts["schedules compiled"], counts["schedules failed"]))
    return 1 if counts["failed"] + counts["schedules failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
