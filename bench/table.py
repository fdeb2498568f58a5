#!/usr/bin/env python3
"""Measures the programs of suite.py beside PyTorch and beside their roofs.

  table.py compile DIR                                where the compiler is
  table.py measure DIR --kiln-bench=FILE --out=FILE   where the GPU is
  table.py report FILE                                tables of what was measured

Each artifact is verified against float64, and timed before and behind its peers:
PyTorch eager and torch.compile (max-autotune on four), both by replays of a CUDA
graph, in the program's own layout. Packing of filters stands apart. A roof is the
largest of: FLOP at the rate of mma.sync, the program's bytes at the rate of a kernel
that only moves them (probe_copy.cu, measured in the same run), and instructions and
special functions of the steps. Exit 0: done; 1: a program failed; 2: bad usage.
"""

import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile

import measure
import suite

HERE = pathlib.Path(__file__).parent
# H100: FLOP/s of mma.sync (not wgmma), multiprocessors, Hz under load; lanes and
# special functions of a multiprocessor and cycle.
RATES = {"f32": 321e12, "f16": 643e12, "bf16": 643e12}
MULTIPROCESSORS, CLOCK, LANES, SPECIAL = 132, 1.755e9, 128, 16
NAMES = {"tensor": "tensor pipe", "memory": "memory", "lanes": "instructions",
         "special": "special functions"}


def select(arguments):
    programs = sum(suite.LISTS.values(), ())
    wanted = arguments.only.split(",") if arguments.only else None
    return [conv for conv in programs if wanted is None or conv.name in wanted]


def compile_all(arguments):
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        suite.write(pathlib.Path(folder), select(arguments))
        for conv in select(arguments):
            command = [str(arguments.compiler), f"{folder}/{conv.name}.mlir", "-o",
                       str(arguments.directory / conv.name), "--with-reference",
                       f"--target={arguments.target}"]
            arguments.directory.mkdir(parents=True, exist_ok=True)
            try:
                measure.run(command, 60, silent=True)
            except RuntimeError as error:
                failures += 1
                measure.note(f"{conv.name}: {error}")
    return int(failures > 0)


def run_kiln(arguments, directory, verify):
    """Median ms with the filter packed, and with packing in each run."""
    found = {}
    for name, options in ("ms", ["--skip-prepared"]), ("with_packing", ["--no-verify"]):
        with tempfile.NamedTemporaryFile(suffix=".jsonl") as record:
            command = [str(arguments.kiln_bench.resolve()), str(directory), "--rounds=7",
                       f"--record={record.name}", *options]
            if not verify and "--no-verify" not in options:
                command.append("--no-verify")
            measure.run(command, 120, good=(0, 1))
            line = json.loads(record.read().splitlines()[-1])
        if not line.get("ms"):
            raise RuntimeError(line.get("failure") or "kiln-bench measured nothing")
        found[name] = statistics.median(line["ms"])
    return found


def measure_copies(arguments, programs):
    pairs = [str(count) for conv in programs for count in conv.traffic]
    lines = measure.run([str(arguments.probe.resolve()), *pairs], 300).split()
    return {conv.name: float(ms) for conv, ms in zip(programs, lines)}


def measure_all(arguments):
    programs, failures = select(arguments), 0
    copies = measure_copies(arguments, programs) if arguments.probe else {}
    peers = [peer for peer in arguments.peers.split(",") if peer]
    if peers:
        import suite_torch
        suite_torch.allow_tf32()
    with open(arguments.out, "w") as out:
        for conv in programs:
            entry = {"name": conv.name, "copy": copies.get(conv.name),
                     "card": measure.query_card().get("name")}
            try:
                first = run_kiln(arguments, arguments.directory / conv.name, True)
                if peers:
                    entry["peers"] = suite_torch.measure(
                        conv, peers, conv.name in suite.MAX_AUTOTUNE)
                again = run_kiln(arguments, arguments.directory / conv.name, False) \
                    if peers else first
                entry["kiln"] = {key: (first[key] + again[key]) / 2 for key in first}
            except (RuntimeError, ValueError, OSError) as error:
                failures += 1
                entry["failure"] = measure.first_line(error)
            print(json.dumps(entry), file=out, flush=True)
            measure.note(json.dumps(entry))
    return int(failures > 0)


def get_roofs(conv, copy):
    """Milliseconds of each roof."""
    instructions = special = 0
    elements = conv.outputs
    for step in conv.steps:
        instructions += elements * suite.STEP_COST[step][0]
        special += elements * suite.STEP_COST[step][1]
        if step in suite.REDUCTIONS:
            elements //= conv.filters
    cycles = 1e3 / MULTIPROCESSORS / CLOCK
    roofs = {"memory": copy or 0, "lanes": cycles * instructions / LANES,
             "special": cycles * special / SPECIAL}
    if conv.depthwise:
        roofs["lanes"] += conv.flops / 2 / MULTIPROCESSORS / LANES / CLOCK * 1e3
    else:
        roofs["tensor"] = conv.flops / RATES[conv.type] * 1e3
    return roofs


def format_ms(value):
    return f"{value:.4f}" if isinstance(value, float) else "-"


def report(arguments):
    entries = {}
    for line in arguments.file.read_text().splitlines():
        entry = json.loads(line)
        entries[entry["name"]] = entry
    for title, programs in suite.LISTS.items():
        if not any(conv.name in entries for conv in programs):
            continue
        print(f"\n{title}\n\n| program | roof | ms | Kiln | of its roof | packing | eager "
              "| torch.compile | Kiln is faster by |\n"
              "|---|---|---:|---:|---:|---:|---:|---:|---:|")
        ratios = {}
        for conv in programs:
            entry = entries.get(conv.name)
            if not entry:
                continue
            roofs = get_roofs(conv, entry["copy"])
            bound = max(roofs, key=roofs.get)
            kiln = entry.get("kiln")
            peers = entry.get("peers", {})
            cells = [NAMES[bound], format_ms(roofs[bound])]
            if kiln:
                cells += [format_ms(kiln["ms"]), f"{100 * roofs[bound] / kiln['ms']:.0f} %",
                          format_ms(max(0.0, kiln["with_packing"] - kiln["ms"]))]
            else:
                cells += [entry["failure"], "", ""]
            cells += [format_ms(peers.get("eager")), format_ms(peers.get("compile"))]
            if kiln and isinstance(peers.get("compile"), float):
                ratio = peers["compile"] / kiln["ms"]
                ratios.setdefault(f"{conv.type} {conv.layout}", []).append(ratio)
                cells.append(f"{ratio:.2f}")
            else:
                cells.append("-")
            print(f"| `{conv.name}` | {' | '.join(cells)} |")
        every = [ratio for some in ratios.values() for ratio in some]
        for name, some in [*ratios.items(), ("all", every)]:
            if some:
                mean = math.exp(statistics.mean(map(math.log, some)))
                print(f"\n{name}: faster than torch.compile on "
                      f"{sum(ratio > 1 for ratio in some)} of {len(some)}, "
                      f"geometric mean {mean:.2f}")
    return 0


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    first = commands.add_parser("compile", help="write an artifact of each program")
    first.add_argument("directory", type=pathlib.Path, metavar="DIR")
    first.add_argument("--compiler", type=pathlib.Path,
                       default=HERE / "../build/bin/kiln-compile")
    first.add_argument("--target", default="h100")
    first.set_defaults(function=compile_all)
    second = commands.add_parser("measure", help="time artifacts and peers")
    second.add_argument("directory", type=pathlib.Path, metavar="DIR")
    second.add_argument("--kiln-bench", type=pathlib.Path, required=True)
    second.add_argument("--probe", type=pathlib.Path, help="a built probe_copy")
    second.add_argument("--peers", default="eager,compile")
    second.add_argument("--out", required=True, metavar="FILE")
    second.set_defaults(function=measure_all)
    for command in first, second:
        command.add_argument("--only", metavar="LIST", help="names of programs")
    third = commands.add_parser("report", help="print tables")
    third.add_argument("file", type=pathlib.Path, metavar="FILE")
    third.set_defaults(function=report)
    arguments = parser.parse_args(argv)
    try:
        return arguments.function(arguments)
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        measure.note(f"table.py: {error}")
        return 2


if __name__ == "__main__":
    sys.exit(main())
