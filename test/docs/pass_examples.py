#!/usr/bin/env python3
# Part of the Kiln project, under the Apache License v2.0 with LLVM Exceptions.
"""Runs the example in the description of every pass.

usage: pass_examples.py PASSES.td...

A description ends with two blocks: the input,

    ```mlir
    func.func @f(...) ...
    // leaves: text of the output ... more of it
    // gone: text that the output does not have
    ```

and the command that shows the pass, which reads it.

    ```
    kiln-opt --the-pass
    ```

What a pass leaves stands in the output in this order; space counts as one blank,
and `...` stands for anything. Prints what is wrong, and how many examples hold.
Exit status 1: some do not.
"""

import re
import shlex
import subprocess
import sys

PASS = re.compile(r'^def \w+\s*:\s*Pass<"([\w-]+)"', re.MULTILINE)
DESCRIPTION = re.compile(r"let description = \[\{(.*?)\}\];", re.DOTALL)
EXAMPLE = re.compile(r"^    ```mlir\n(.*?)^    ```\n+    ```\n(.*?)^    ```$",
                     re.DOTALL | re.MULTILINE)
CLAIM = re.compile(r"^\s*// (leaves|gone): (.*)$", re.MULTILINE)


def passes(path):
    """Name and description of each pass of a file."""
    with open(path) as file:
        text = file.read()
    starts = list(PASS.finditer(text)) + [None]
    for start, end in zip(starts, starts[1:]):
        body = text[start.start():end.start() if end else len(text)]
        description = DESCRIPTION.search(body)
        yield start.group(1), description.group(1) if description else ""


def squeeze(text):
    return " ".join(text.split())


def find(claim, output, start=0):
    """Where the text of a claim ends in the output; None: it is not there."""
    parts = [re.escape(squeeze(part)) for part in claim.split("...")]
    found = re.compile(".*?".join(parts)).search(output, start)
    return found.end() if found else None


def check(name, description):
    """What is wrong with a pass's example, or None."""
    example = EXAMPLE.search(description)
    if not example:
        return "no example: an ```mlir block and the command behind it"
    source, command = example.groups()
    command = shlex.split(command.replace("\\\n", " "))
    if command[0] != "kiln-opt" or not any(name in word for word in command):
        return "the command does not run it: " + shlex.join(command)
    claims = CLAIM.findall(source)
    if not claims:
        return "the example does not say what the pass leaves"
    done = subprocess.run(command + ["-"], input=source, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        return "exit status %d\n%s" % (done.returncode, done.stderr)
    output, at = squeeze(done.stdout), 0
    for kind, claim in claims:
        if kind == "gone":
            if find(claim, output) is not None:
                return "still there: %s\n%s" % (claim, done.stdout)
            continue
        at = find(claim, output, at)
        if at is None:
            return "does not leave: %s\n%s" % (claim, done.stdout)
    return None


def main(paths):
    right = wrong = 0
    for path in paths:
        for name, description in passes(path):
            fault = check(name, description)
            if fault:
                wrong += 1
                print("%s: %s: %s" % (path, name, fault))
            else:
                right += 1
    print("%d examples hold, %d do not" % (right, wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
