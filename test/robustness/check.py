#!/usr/bin/env python3
# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""No crash and no hang, whatever comes in: sends programs through kiln-compile.

usage: check.py [--mutations=N [--seed=S] [--from=LEVEL] FILE...]
                [--programs[=REGEX]] [--verify] [--jobs=N] [--seconds=N]
                [--keep=DIR]

--programs takes those of programs.py, --mutations N changed copies of the FILEs,
or with --from of what they are at a later level (kernels, schedule, launch-plan,
nvvm).
Each run has to end within the time limit with one of
  status 0, and the artifact is there;
  status 2, an error at a place in the file, and nothing is written.
With --verify what compiles and is small also runs in the emulator against the
reference, where the reference can evaluate it. Prints each failure with the
program, kept in DIR, and how many ended how. Exit status 1: failures.
"""

import argparse
import collections
import math
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from mutate import mutate
from programs import programs

# Programs that fail and are known to. One that no longer does has to leave.
KNOWN_CRASHES = set()
KNOWN_WRONG = set()  # With --verify.

PLACED = re.compile(r":\d+:\d+: error: ")
TENSOR = re.compile(r"tensor<((?:\d+x)+)")
CRASH = re.compile(r"Stack dump|LLVM ERROR|UNREACHABLE|Assertion|terminate called")


def run(command, seconds):
    """Exit status (negative: a signal, None: too slow) and what was said."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=seconds)
    except subprocess.TimeoutExpired as slow:
        return None, (slow.output or b"").decode(errors="replace")
    return done.returncode, done.stdout.decode(errors="replace")


def judge(source, folder, options):
    """How it ended, and what is wrong with that or None."""
    out = os.path.join(folder, "out")
    more = ["--with-reference"] if options.verify else []
    if options.level != "source":
        more.append("--from=" + options.level)
    status, said = run(["kiln-compile", source, "-o", out, "--no-cubin"] + more, options.seconds)
    if status is None:
        return "hang", "does not end in %g s" % options.seconds
    if status < 0 or CRASH.search(said):
        return "crash", "ends with status %d: %s" % (status, said[:2000])
    written = os.listdir(folder)
    if status == 0:
        if not os.path.exists(os.path.join(out, "artifact.json")):
            return "compiled", "status 0 without an artifact"
        return "compiled", verify(source, out, options) if options.verify else None
    if status != 2:
        return "other", "ends with status %d: %s" % (status, said[-2000:])
    # Some upstream parsers crash behind a syntax error; kiln-compile survives that.
    if not PLACED.search(said) and "' cannot be parsed" not in said:
        return "refused", "status 2 without an error at a place: " + said[-2000:]
    if written:
        return "refused", "status 2, but wrote " + " ".join(written)
    return "refused", None


# Hundreds of dependent roundings that err to one side: more than the statistics
# of a comparison expect.
UNVERIFIED = ("epilogues.chain", "epilogues.doubling_chain")


def verify(source, artifact, options):
    with open(source) as file:
        largest = max(math.prod(int(extent) for extent in shape.split("x")[:-1])
                      for shape in TENSOR.findall(file.read()))
    if largest > 1 << 20 or os.path.basename(source)[:-len(".mlir")] in UNVERIFIED:
        return None
    status, said = run(["kiln-run", artifact, "--device=cpu", "--verify", "--allow-degenerate"], options.seconds)
    if status is None or status == 0 or (status == 2 and "cannot evaluate the source program" in said):
        return None
    return "does not verify, status %d: %s" % (status, said[-2000:])


def at_level(path, options):
    if options.level == "source":
        with open(path) as file:
            return file.read()
    emit = "codegen" if options.level == "launch-plan" else options.level
    return subprocess.run(["kiln-compile", path, "--emit=" + emit], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def cases(options):
    if options.programs is not None:
        for name, text in programs():
            if re.search(options.programs, name):
                yield name, text
    sources = [at_level(path, options) for path in options.files]
    for k in range(options.mutations):
        chooser = random.Random("%d.%d" % (options.seed, k))
        yield "mutation.%d.%d" % (options.seed, k), mutate(chooser.choice(sources), chooser)


def check(case, options):
    name, text = case
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "in", name + ".mlir")
        os.mkdir(os.path.dirname(source))
        with open(source, "w") as file:
            file.write(text)
        work = os.path.join(folder, "work")
        os.mkdir(work)
        ending, wrong = judge(source, work, options)
        if name in KNOWN_CRASHES or (options.verify and name in KNOWN_WRONG):
            ending, wrong = "known to fail", None if wrong else "is known to fail, but is right"
        if wrong:
            os.makedirs(options.keep, exist_ok=True)
            shutil.copy(source, options.keep)
            print("%s: %s\n  %s" % (name, wrong, os.path.join(options.keep, name + ".mlir")), flush=True)
    return ending, wrong


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n\n")[0])
    parser.add_argument("--programs", nargs="?", const=".")
    parser.add_argument("--mutations", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", dest="level", default="source")
    parser.add_argument("--verify", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--keep", default="robustness-failures")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    if options.mutations and not options.files:
        parser.error("--mutations needs files to change")
    with ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(lambda case: check(case, options), cases(options)))
    endings = collections.Counter(ending for ending, _ in results)
    failures = sum(1 for _, wrong in results if wrong)
    print("%d programs: %s; %d failures" % (
        len(results), ", ".join("%d %s" % (number, ending) for ending, number in sorted(endings.items())), failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
