#!/usr/bin/env python3
# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Compiles every program of a folder and verifies it in the emulator.

usage: programs.py [--target=FILE] FOLDER [NAME ...]

The shared memory that a schedule was counted with must be what the kernel takes.
Prints what failed with the tool's words, and how many are right. Exit status 1:
failures.
"""

import concurrent.futures
import os
import subprocess
import sys
import tempfile

from check import compare_shared


def run(*command, judge=lambda output: None):
    """What the command said, where it failed, or what is wrong with that; else None."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode == 0:
        return judge(done.stdout)
    return "exit status %d\n%s" % (done.returncode, done.stdout)


def check(source, target):
    with tempfile.TemporaryDirectory() as directory:
        artifact = os.path.join(directory, "artifact")
        return (run("kiln-compile", source, "-o", artifact, "--no-cubin", "--with-reference",
                    "--remarks", *target, judge=compare_shared) or
                run("kiln-run", artifact, "--device=cpu", "--verify"))


def main(*arguments):
    target = [argument for argument in arguments if argument.startswith("--target=")]
    folder, *names = (argument for argument in arguments if argument not in target)
    names = names or sorted(name[:-len(".mlir")] for name in os.listdir(folder))
    sources = [os.path.join(folder, name + ".mlir") for name in names]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = 0
        for source, failure in zip(sources, pool.map(lambda source: check(source, target), sources)):
            if failure:
                wrong += 1
                print("%s: %s" % (source, failure))
    print("%d programs right, %d wrong" % (len(sources) - wrong, wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
