#!/usr/bin/env python3
# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Compiles every program of a folder and verifies it in the emulator.

usage: programs.py FOLDER [NAME ...]

Prints what failed with the tool's words, and how many are right. Exit status 1:
failures.
"""

import concurrent.futures
import os
import subprocess
import sys
import tempfile


def run(*command):
    """What the command said, where it failed; else None."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return None if done.returncode == 0 else "exit status %d\n%s" % (done.returncode, done.stdout)


def check(source):
    with tempfile.TemporaryDirectory() as directory:
        artifact = os.path.join(directory, "artifact")
        return (run("kiln-compile", source, "-o", artifact, "--no-cubin", "--with-reference") or
                run("kiln-run", artifact, "--device=cpu", "--verify"))


def main(folder, *names):
    names = names or sorted(name[:-len(".mlir")] for name in os.listdir(folder))
    sources = [os.path.join(folder, name + ".mlir") for name in names]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong = 0
        for source, failure in zip(sources, pool.map(check, sources)):
            if failure:
                wrong += 1
                print("%s: %s" % (source, failure))
    print("%d programs right, %d wrong" % (len(sources) - wrong, wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
