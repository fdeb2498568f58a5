#!/usr/bin/env python3
# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Compiles a generated program and verifies it in the emulator.

usage: check.py [key=value ...] [--compile-option ...] [-- run options]

The keys are those of generate.py; compile options go to kiln-compile. A key
that begins with a '.' is part of the schedule instead: `.tile=[64,16,32]`; with
a '+' it replaces a field of the schedule that the rules choose, and the exit
status is 3 where the program cannot have it.
The shared memory that schedule selection counted must be what the kernel takes.
Prints what failed with the commands that show it again.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from generate import generate


def run(command, program):
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    print(done.stdout, end="")
    if done.returncode:
        print("failed with %d: %s" % (done.returncode, shlex.join(command)))
        print("the program: generate.py " + shlex.join(program))
        # A signal must not look like one of the tools' own exit codes.
        sys.exit(done.returncode if done.returncode > 0 else 100)
    return done.stdout


def compare_shared(remarks):
    """Where selection counted other bytes of shared memory than kiln-place-shared
    placed, what they are; else None. Slices of staged results are counted as of the
    wider of two types."""
    def metrics(category, metric):
        return dict(re.findall(
            r"Category:%s \| Function=([^ ]+) .*\b%s=(\d+)" % (category, metric),
            remarks))
    placed = metrics("kiln-place-shared", "Bytes")
    staged = metrics("kiln-stage-stores", "SharedBytes")
    for kernel, counted in metrics("kiln-select-schedule", "SharedBytes").items():
        fits = kernel in staged and int(placed.get(kernel, -1)) <= int(counted)
        if placed.get(kernel) != counted and not fits:
            return ("%s takes %s bytes of shared memory, its schedule counted %s"
                    % (kernel, placed.get(kernel), counted))
    return None


NOT_LEGAL = 3


def force(source, flags, fields, program):
    """The rules' schedule with some fields replaced; exits with NOT_LEGAL where
    that does not fit the program."""
    chosen = subprocess.run(
        ["kiln-compile", source, "--emit=schedule", "-o", "-"] + flags,
        stdout=subprocess.PIPE, text=True, check=True).stdout
    # The aliases stand in front of the module.
    (schedule,) = re.findall(r"^#schedule = #kiln\.schedule<(.*)>$", chosen,
                             re.MULTILINE)
    for field in fields:
        name, value = field.split("=", 1)
        kept = re.sub(r"(, )?\b%s = (\[[^]]*\]|[^,]*)" % name, "", schedule)
        schedule = "%s, %s = %s" % (kept, name, value)
    flag = "--schedule=#kiln.schedule<%s>" % schedule
    fits = subprocess.run(
        ["kiln-compile", source, "--emit=schedule", "-o", os.devnull, flag]
        + flags, stderr=subprocess.PIPE, text=True)
    # Refused for this program, or as a schedule.
    if fits.returncode == 2 and ("schedule does not fit" in fits.stderr or
                                 fits.stderr.startswith("#kiln.schedule<")):
        print(fits.stderr.splitlines()[0])
        sys.exit(NOT_LEGAL)
    return flag


def main(arguments):
    options = []
    if "--" in arguments:
        at = arguments.index("--")
        arguments, options = arguments[:at], arguments[at + 1:]
    program, schedule, forced, flags = [], [], [], []
    for argument in arguments:
        if argument.startswith("."):
            schedule.append(argument[1:].replace("=", " = "))
        elif argument.startswith("+"):
            forced.append(argument[1:])
        elif argument.startswith("-"):
            flags.append(argument)
        else:
            program.append(argument)
    if schedule:
        flags.append("--schedule=#kiln.schedule<%s>" % ", ".join(schedule))
    # Whoever looks at a failure names a directory that stays.
    keep = os.environ.get("KILN_E2E_KEEP")
    with tempfile.TemporaryDirectory() as temporary:
        directory = keep or temporary
        source = os.path.join(directory, "program.mlir")
        artifact = os.path.join(directory, "artifact")
        with open(source, "w") as file:
            file.write(generate(program))
        if forced:
            flags.append(force(source, flags, forced, program))
        wrong = compare_shared(
            run(["kiln-compile", source, "-o", artifact, "--no-cubin",
                 "--with-reference", "--remarks"] + flags, program))
        if wrong:
            print(wrong)
            sys.exit(101)
        run(["kiln-run", artifact, "--device=cpu", "--verify"] + options,
            program)


if __name__ == "__main__":
    main(sys.argv[1:])
