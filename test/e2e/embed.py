#!/usr/bin/env python3
# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Embeds programs of a folder in place and lowers the host with upstream's passes.

usage: embed.py FOLDER [EVERY]

Takes each EVERYth program by name (1). The host must become LLVM IR, and neither
allocate nor copy a buffer: arguments and results go to the launches as they are.
Prints what failed with the tool's words, and how many hold. Exit status 1:
failures.
"""

import os
import re
import subprocess
import sys

BUFFERS = [
    "mlir-opt",
    "--one-shot-bufferize=bufferize-function-boundaries "
    "function-boundary-type-conversion=identity-layout-map",
    "--buffer-results-to-out-params=hoist-static-allocs modify-public-functions"]
LOWER = ["mlir-opt", "--lower-affine", "--expand-strided-metadata", "--finalize-memref-to-llvm",
         "--convert-func-to-llvm", "--convert-arith-to-llvm", "--gpu-to-llvm",
         "--reconcile-unrealized-casts"]
TRANSLATE = ["mlir-translate", "--mlir-to-llvmir"]


class Failure(Exception):
    pass


def run(command, text):
    done = subprocess.run(command, input=text, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise Failure("%s: exit status %d\n%s" % (command[0], done.returncode, done.stderr))
    return done.stdout


def check(path):
    with open(path) as file:
        source = file.read()
    entry = re.search(r"func\.func (?:public )?@(\w+)", source).group(1)
    host = run(["kiln-opt", "--kiln-embed-pipeline=functions=" + entry], source)
    if "kiln." in re.sub(r'"(?:[^"\\]|\\.)*"', "", host):
        raise Failure("the host's module still has something of the kiln dialect")
    buffers = run(BUFFERS, host)
    for op in ("memref.alloc", "memref.copy"):
        if op in buffers:
            raise Failure("the host has a " + op)
    if "@mgpuLaunchKernel" not in run(TRANSLATE, run(LOWER, buffers)):
        raise Failure("the host launches nothing")


def main(folder, every=1):
    names = sorted(name for name in os.listdir(folder) if name.endswith(".mlir"))[::int(every)]
    failed = 0
    for name in names:
        try:
            check(os.path.join(folder, name))
        except Failure as failure:
            failed += 1
            print("%s: %s\n" % (name, failure))
    print("%d programs are embedded, %d are not" % (len(names) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
