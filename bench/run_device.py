#!/usr/bin/env python3
"""Measures artifacts beside their peers on one GPU, interleaved in rounds.

Needs Python 3.10 or newer and a built kiln-run; PyTorch for the peers, Triton
for triton, the wheel nvidia-cudnn-frontend for cudnn-graph; nvcc (or a built
`reference`) for --reference. A peer that fails is reported in the table and
stops nothing.
Exit 0: a table was written; 1: an artifact failed or was wrong; 2: bad usage.
"""

import argparse
import json
import os
import pathlib
import re
import sys
import time

from measure import Table, first_line, note, query_card, run, run_artifact
from report import write_report
from workload import FORMS, Workload, form_of_artifact

TORCH_PEERS = ("eager", "compile", "triton", "cudnn-graph")
NVCC = ("nvcc -O3 -std=c++17 --expt-relaxed-constexpr -diag-suppress "
        "177,550,128,186 -gencode arch=compute_89,code=compute_89").split()
# The letter by which the hand-written reference names a form, and the kernel
# that the others are compared to.
REFERENCE = {"tf32-nchw": ("t", "tf32 NCHW pipelined, even/odd"),
             "f16-nhwc": ("h", "f16 NHWC pipelined"),
             "f16-nchw": ("n", "f16 NCHW pipelined")}
REFERENCE_LINE = re.compile(
    r"^(?P<name>.+?)\s+(?P<ms>[\d.]+) ms \(min (?P<min>[\d.]+)\).*?"
    r"err (?P<err>\S+).*? nan (?P<nan>\d+)")


def build_reference(directory):
    """The program `reference` in that directory, built where it is missing."""
    program = directory / "reference"
    if not program.exists():
        note("building the hand-written reference")
        run(NVCC + ["-o", "reference", "reference.cu"], 300, silent=True,
            cwd=directory)
    return program.resolve()


def run_reference(arguments, table, form, number):
    letter, _ = REFERENCE[form]
    try:
        program = build_reference(arguments.reference)
        output = run([str(program), letter], 180,
                     env={**os.environ, "SLEEP": "1"})
        lines = [match for match in map(REFERENCE_LINE.match, output.splitlines())
                 if match]
        if not lines:
            raise RuntimeError("its output holds no timing: " + first_line(output))
    except RuntimeError as error:
        table.row(form, "hand-written", "reference").fail(error)
        return
    for line in lines:
        row = table.row(form, f"hand-written, {line['name']}", "reference")
        row.add(number, {"median_ms": float(line["ms"]),
                         "min_ms": float(line["min"]),
                         "p10_ms": None, "p90_ms": None})
        row.error = float(line["err"]) if line["nan"] == "0" else float("nan")


def run_torch(peers, table, form, workload, number, functions, rest):
    import torch
    import torch_peers
    problem = None
    for peer in peers:
        row = table.row(form, peer, "peer")
        if row.failure:
            continue
        try:
            if problem is None:
                problem = torch_peers.Problem(FORMS[form], workload)
            if (form, peer) not in functions:
                functions[form, peer] = torch_peers.make_peer(peer)
                y = functions[form, peer](problem.x, problem.w, problem.bias)
                row.error = problem.relative_error(y)
                row.details.update(getattr(functions[form, peer], "details", {}))
                del y
            torch.cuda.synchronize()
            time.sleep(rest)
            row.add(number, torch_peers.summary(
                torch_peers.time_ms(functions[form, peer], problem)))
        except Exception as error:  # A peer's own failure, of whatever kind.
            row.fail(f"{type(error).__name__}: {error}")
    problem = None
    torch.cuda.empty_cache()


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("artifacts", nargs="*", type=pathlib.Path, metavar="DIR",
                        help="artifact directories that kiln-compile wrote")
    parser.add_argument("--kiln-run", type=pathlib.Path, metavar="FILE",
                        default=pathlib.Path("build/bin/kiln-run"))
    parser.add_argument("--reference", type=pathlib.Path, metavar="DIR",
                        help="folder with reference.cu, the hand-written kernels")
    parser.add_argument("--peers", default=",".join(TORCH_PEERS), metavar="LIST",
                        help=f"of {', '.join(TORCH_PEERS)}; empty: none")
    parser.add_argument("--forms", metavar="LIST",
                        help="of " + ", ".join(FORMS) +
                        " (default: those of the artifacts, or all without any)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rest", type=float, default=0.7, metavar="SECONDS",
                        help="pause before each timing, so that clocks recover")
    parser.add_argument("--budget", type=float, default=330, metavar="SECONDS",
                        help="no round starts after this time")
    parser.add_argument("--batch", type=int, default=64,
                        help="images of the workload that the peers run")
    parser.add_argument("--no-verify", action="store_true",
                        help="do not verify the artifacts first")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("bench-out"))
    arguments = parser.parse_args(argv)
    arguments.peers = [name for name in arguments.peers.split(",") if name]
    for name in arguments.peers:
        if name not in TORCH_PEERS:
            parser.error(f"no such peer: {name} (there are {', '.join(TORCH_PEERS)})")
    if arguments.forms is not None:
        arguments.forms = [name for name in arguments.forms.split(",") if name]
        for name in arguments.forms:
            if name not in FORMS:
                parser.error(f"no such form: {name} (there are {', '.join(FORMS)})")
    if arguments.rounds < 1 or arguments.batch < 1:
        parser.error("--rounds and --batch must be at least 1")
    if arguments.artifacts and not arguments.kiln_run.exists():
        parser.error(f"{arguments.kiln_run} is not there: name it with --kiln-run")
    if arguments.reference and not (arguments.reference / "reference.cu").exists():
        parser.error(f"{arguments.reference} holds no reference.cu")
    arguments.by_form = {}
    for directory in arguments.artifacts:
        try:
            form = form_of_artifact(directory, Workload(arguments.batch))
        except ValueError as error:
            parser.error(str(error))
        arguments.by_form.setdefault(form, []).append(directory)
    if arguments.forms is None:
        arguments.forms = list(arguments.by_form) or list(FORMS)
    else:
        arguments.forms += [form for form in arguments.by_form
                            if form not in arguments.forms]
    return arguments


def main(argv=None):
    arguments = parse(argv)
    arguments.out.mkdir(parents=True, exist_ok=True)
    workload = Workload(arguments.batch)
    table, functions = Table(), {}
    started = time.monotonic()
    before, done = query_card(), 0
    for number in range(arguments.rounds):
        if number and time.monotonic() - started > arguments.budget:
            note(f"stopped after {number} rounds: the time budget is used up")
            break
        for form in arguments.forms:
            note(f"round {number + 1} of {arguments.rounds}: {form}")
            for directory in arguments.by_form.get(form, []):
                time.sleep(arguments.rest)
                run_artifact(arguments, table, form, directory, number)
            if arguments.reference and form in REFERENCE and arguments.batch == 64:
                run_reference(arguments, table, form, number)
            if arguments.peers and form in FORMS:
                try:
                    run_torch(arguments.peers, table, form, workload, number,
                              functions, arguments.rest)
                except ImportError as error:
                    for peer in arguments.peers:
                        table.row(form, peer, "peer").fail(error)
        done = number + 1
    software = {}
    if "torch_peers" in sys.modules:
        software = sys.modules["torch_peers"].versions()
    write_report(arguments.out, table.rows, workload, {
        "card_before": before, "card_after": query_card(), "rounds": done,
        "software": software, "seconds": round(time.monotonic() - started, 1),
        "base": {form: f"hand-written, {name}"
                 for form, (_, name) in REFERENCE.items()}})
    print((arguments.out / "table.md").read_text())
    return int(any(row.kind == "artifact" and row.failure for row in table.rows))


if __name__ == "__main__":
    sys.exit(main())
